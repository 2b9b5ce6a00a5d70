import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { holds, LAW_RUNS } from '#tests/support/laws.ts';
import { against } from './against.ts';
import { BalanceTooLow } from './balance-too-low.ts';
import { isSameTransfer } from './is-same-transfer.ts';
import { planTransfers } from './plan-transfers.ts';
import type { Balance, Transfer } from './transfer.ts';

const held = (credit: string, prepaid: string): Balance[] => [
  { customerId: 'c', currency: 'EUR', account: 'credit', balance: credit },
  { customerId: 'c', currency: 'EUR', account: 'prepaid', balance: prepaid },
];

const transfer = (changes: Partial<Transfer> = {}): Transfer => ({
  kind: 'adjustment',
  id: '1',
  customerId: 'c',
  currency: 'EUR',
  documentId: null,
  reason: 'r',
  entries: against('grants', { credit: '5' }),
  ...changes,
});

describe('against', () => {
  test.each([
    ['what is given', 'grants', { credit: '5.00' }, { credit: '5', grants: '-5' }],
    [
      'what is taken of both',
      'invoices',
      { credit: '-5', prepaid: '-0.5' },
      { credit: '-5', prepaid: '-0.5', invoices: '5.5' },
    ],
    ['nothing', 'invoices', { credit: '-0', prepaid: '0.00' }, {}],
    ['from one account to the other', 'grants', { credit: '-5', prepaid: '5' }, { credit: '-5', prepaid: '5' }],
  ] as const)('%s', (_, counter, added, expected) => {
    const entries = against(counter, added);
    expect(Object.fromEntries(entries.map(({ account, amount }) => [account, amount]))).toEqual(expected);
  });
});

describe('what transfers do to balances', () => {
  test('one after the other, with the balance after each', () => {
    const plan = planTransfers(held('1', '10'), [
      transfer(),
      transfer({ id: '2', kind: 'invoice', entries: against('invoices', { credit: '-6', prepaid: '-2.50' }) }),
    ]);
    expect(plan.entries).toEqual([
      [
        { account: 'credit', amount: '5', balance: '6' },
        { account: 'grants', amount: '-5', balance: null },
      ],
      [
        { account: 'credit', amount: '-6', balance: '0' },
        { account: 'prepaid', amount: '-2.5', balance: '7.5' },
        { account: 'invoices', amount: '8.5', balance: null },
      ],
    ]);
    expect(plan.balances.map(({ account, balance }) => [account, balance])).toEqual([
      ['credit', '0'],
      ['prepaid', '7.5'],
    ]);
  });

  test('never below zero, and it says what is missing', () => {
    const taken = transfer({ entries: against('grants', { credit: '-1.01' }) });
    expect(() => planTransfers(held('1', '10'), [taken])).toThrow(
      new BalanceTooLow(held('1', '10')[0] as Balance, '1.01'),
    );
    expect(() => planTransfers(held('1', '10'), [taken])).toThrow(
      '1.01 EUR cannot be taken from the credit balance of customer c, which is 1',
    );
  });

  test('a transfer that does not add up, or moves what is not held, is a fault of the code', () => {
    expect(() => planTransfers(held('1', '1'), [transfer({ entries: [{ account: 'credit', amount: '1' }] })])).toThrow(
      'do not add up',
    );
    expect(() => planTransfers([], [transfer()])).toThrow('is not held');
  });

  test('law: what is left is what was there and what was added, in any order of transfers that all fit', () => {
    const cents = fc.integer({ min: 0, max: 10 ** 6 }).map((value) => new Big(String(value)).div('100').toFixed(2));
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, cents), { maxLength: 8 }), ([...gifts]) => {
        const transfers = gifts.map(([credit, prepaid], index) =>
          transfer({ id: String(index), entries: against('grants', { credit, prepaid }) }),
        );
        const { balances } = planTransfers(held('3', '4'), transfers);
        const reversed = planTransfers(held('3', '4'), transfers.toReversed()).balances;
        const of = (all: readonly Balance[], account: string, initial: string) =>
          new Big(all.find((one) => one.account === account)?.balance ?? initial);
        holds(of(balances, 'credit', '3').eq(sum(gifts.map(([credit]) => credit)).plus('3')));
        holds(of(balances, 'prepaid', '4').eq(of(reversed, 'prepaid', '4')));
      }),
      { numRuns: LAW_RUNS / 10 },
    );
  });
});

describe('the same transfer', () => {
  test('amounts by value, entries in any order', () => {
    const entries = [
      { account: 'grants', amount: '-5.00' },
      { account: 'credit', amount: '5.0' },
    ] as const;
    expect(isSameTransfer(transfer(), transfer({ entries }))).toBe(true);
  });

  test.each([
    ['kind', { kind: 'credit_note' }],
    ['id', { id: '2' }],
    ['customer', { customerId: 'd' }],
    ['currency', { currency: 'USD' }],
    ['document', { documentId: 'x' }],
    ['reason', { reason: 'another' }],
    ['amount', { entries: against('grants', { credit: '5.01' }) }],
    ['account', { entries: against('grants', { prepaid: '5' }) }],
    ['one more entry', { entries: against('grants', { credit: '5', prepaid: '1' }) }],
  ] as const)('another %s is another', (_, changes) => {
    expect(isSameTransfer(transfer(), transfer(changes))).toBe(false);
  });
});
