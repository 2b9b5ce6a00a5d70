import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { type DailyUsage, dailyDifferences } from './daily-differences.ts';

const usage = fc.array(
  fc.record({
    customer: fc.constantFrom('a', 'b'),
    productSku: fc.constantFrom('SKU-1', 'SKU-2'),
    useUnit: fc.constantFrom('GB', 'KB'),
    amount: fc.integer({ min: -3, max: 3 }).map((tenths) => new Big(String(tenths)).div('10').toFixed()),
  }),
);
const sums = (rows: readonly DailyUsage[]) => {
  const all = new Map<string, string>();
  for (const { customer, productSku, useUnit, amount } of rows) {
    const key = `${customer} ${productSku} ${useUnit}`;
    all.set(key, new Big(all.get(key) ?? '0').plus(amount).toFixed());
  }
  return Object.fromEntries([...all].filter(([, amount]) => amount !== '0').sort());
};

test('what was sent and what is added come to what is used, whatever was sent before', () => {
  fc.assert(
    fc.property(usage, usage, (used, sent) => {
      const added = dailyDifferences(used, sent);
      expect(sums([...sent, ...added])).toEqual(sums(used));
      expect(added.every(({ amount }) => amount !== '0')).toBe(true);
      expect(dailyDifferences(used, [...sent, ...added])).toEqual([]);
    }),
  );
});
