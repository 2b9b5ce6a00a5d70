import { describe, expect, test } from '@jest/globals';
import { createClientAddress, isAddressRange } from './client-address.ts';

const ask = (trusted: string[], remoteAddress: string | undefined, forwarded?: string) =>
  createClientAddress(trusted)({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  });

describe('where a request comes from', () => {
  test.each<[string, string[], string | undefined, string | undefined, string | null]>([
    ['the other end, if nobody is trusted', [], '192.0.2.7', '10.9.9.9', '192.0.2.7'],
    ['the other end, if it is not trusted, whatever it says', ['10.0.0.1'], '192.0.2.7', '10.0.0.1', '192.0.2.7'],
    ['what a trusted proxy says', ['10.0.0.1'], '10.0.0.1', '192.0.2.7', '192.0.2.7'],
    [
      'the last thing said, because what stands before was sent',
      ['10.0.0.1'],
      '10.0.0.1',
      '1.1.1.1, 192.0.2.7',
      '192.0.2.7',
    ],
    ['through several proxies', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, 192.0.2.7, 10.3.3.3', '192.0.2.7'],
    ['the first one, if all are trusted', ['10.0.0.0/8'], '10.0.0.1', '10.5.5.5,10.3.3.3', '10.5.5.5'],
    ['the proxy, if it says nothing', ['10.0.0.1'], '10.0.0.1', undefined, '10.0.0.1'],
    ['the proxy, if it says what is no address', ['10.0.0.1'], '10.0.0.1', 'unknown', '10.0.0.1'],
    ['the proxy, if a line break was tried', ['10.0.0.1'], '10.0.0.1', '1.1.1.1\nx', '10.0.0.1'],
    ['the one before what is no address', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, _secret, 10.3.3.3', '10.3.3.3'],
    ['IPv4 within IPv6 as IPv4', ['10.0.0.1'], '::ffff:10.0.0.1', '::FFFF:192.0.2.7', '192.0.2.7'],
    ['IPv6', ['fd00::/8'], 'fd00::1', '2001:DB8::7', '2001:db8::7'],
    ['not a neighbour of the range', ['10.0.0.0/30'], '10.0.0.4', '192.0.2.7', '10.0.0.4'],
    ['nothing of a connection that is gone', ['10.0.0.1'], undefined, '192.0.2.7', null],
  ])('%s', (_name, trusted, remote, forwarded, expected) => {
    expect(ask(trusted, remote, forwarded)).toBe(expected);
  });
});

test('a range is an address, or one with a prefix; all addresses are none', () => {
  for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '127.0.0.1/32'])
    expect([text, isAddressRange(text)]).toEqual([text, true]);
  for (const text of [
    '',
    'proxy',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '::/129',
    '10.0.0.0/',
    ' 10.0.0.1',
    '*',
    'fe80::1%eth0',
  ])
    expect([text, isAddressRange(text)]).toEqual([text, false]);
  expect(() => createClientAddress(['proxy'])).toThrow('"proxy" is no address');
});
