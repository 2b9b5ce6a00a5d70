import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChainHead, SignedHead } from './chain-head.ts';
import { headFault } from './head-fault.ts';
import { readSigningKey } from './read-signing-key.ts';
import { signHead } from './sign-head.ts';

const newKey = () =>
  readSigningKey(String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })));

const heads: fc.Arbitrary<Omit<ChainHead, 'key_id'>> = fc.record({
  organization: fc.integer({ min: 1 }),
  series: fc.constantFrom('invoice', 'credit_note'),
  issue_date: fc.constantFrom('2026-11-01', '2027-01-01'),
  series_number: fc.integer({ min: 1 }),
  hash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  signed_at: fc.constant('2026-11-21T12:00:00.123Z'),
});

describe('a signed head', () => {
  const key = newKey();

  test('is true by its own key, and by no other', () => {
    const other = newKey();
    fc.assert(
      fc.property(heads, (head) => {
        const signed = signHead(head, key);
        expect(headFault(signed, key.publicKey)).toBeNull();
        expect(headFault(signed, other.publicKey)).toContain('is another');
        expect(headFault({ ...signed, key_id: other.id }, other.publicKey)).toContain('signature');
        expect(headFault(signed, undefined)).toContain('not known');
      }),
      { numRuns: 50 },
    );
  });

  test('is false as soon as any of its fields says something else', () => {
    const changes: Partial<SignedHead>[] = [
      { organization: 2 },
      { series: 'other' },
      { issue_date: '2026-11-02' },
      { series_number: 0 },
      { hash: '00' },
      { signed_at: '2026-11-21T12:00:00.124Z' },
      { signature: 'AAAA' },
    ];
    fc.assert(
      fc.property(heads, fc.constantFrom(...changes), (head, change) => {
        const signed = signHead({ ...head, organization: 1 }, key);
        expect(headFault({ ...signed, ...change }, key.publicKey)).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe('a signing key', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;

  test.each([
    ['PEM', pem],
    ['PEM with \\n written out', pem.replaceAll('\n', '\\n')],
    ['base64 of DER', privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')],
  ])('is read from %s', (_name, text) => {
    expect(readSigningKey(text).id).toBe(readSigningKey(pem).id);
  });

  test.each([
    ['no key', 'hello', /no private key/],
    [
      'a key of another kind',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      /for ec/,
    ],
  ])('is not read from %s', (_name, text, message) => {
    expect(() => readSigningKey(text)).toThrow(message);
  });
});
