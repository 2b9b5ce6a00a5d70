import { expect, test } from '@jest/globals';
import { splitCredit, type WantedSplit } from './split-credit.ts';

const STANDING = { remaining: '60.00', refundable: '40.00' };

test.each<[WantedSplit, readonly [string, string, string]]>([
  [{}, ['60.00', '0.00', '30.00']],
  [{ refund: '30.00' }, ['60.00', '30.00', '0.00']],
  [{ refund: '10.00' }, ['60.00', '10.00', '20.00']],
  [{ credit: '5.00' }, ['60.00', '25.00', '5.00']],
  [{ offset: '60.00', refund: '1.00', credit: '29.00' }, ['60.00', '1.00', '29.00']],
])('90.00 on an invoice of which 60.00 are unpaid, wanted %j', (wanted, [offset, refund, credit]) => {
  expect(splitCredit('90.00', STANDING, wanted, 'EUR')).toEqual({ settlement: { offset, refund, credit }, faults: [] });
});

test.each<[WantedSplit, readonly string[]]>([
  [{ refund: '31.00' }, ['/settlement must come to the total of 90.00 EUR: it is 91.00']],
  [{ credit: '31.00' }, ['/settlement must come to the total of 90.00 EUR: it is 91.00']],
  [{ offset: '50.00' }, ['/settlement/offset must be 60.00: what is unpaid is taken off first']],
  [
    { offset: '61.00', refund: '41.00' },
    [
      '/settlement/offset is 61.00, but only 60.00 EUR of the invoice is unpaid',
      '/settlement/refund is 41.00, but only 40.00 EUR of payments can be refunded',
      '/settlement must come to the total of 90.00 EUR: it is 102.00',
    ],
  ],
])('refuses %j in words', (wanted, expected) => {
  const { faults } = splitCredit('90.00', STANDING, wanted, 'EUR');
  expect(faults.map(({ pointer, detail }) => `${pointer} ${detail}`)).toEqual(expected);
});
