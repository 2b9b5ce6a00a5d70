import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import type { BillLine } from '#libs/pricing/totals/bill.ts';
import { settle } from '#libs/pricing/totals/settle.ts';
import { type DiscountedBill, dueDiscounts, periodLimit, usesOf } from './discount.ts';
import type { CustomerDiscount, DiscountUse } from './discount-schema.ts';

const OCTOBER = { from: '2026-10-01', to: '2026-11-01' };
const NOVEMBER = { from: '2026-11-01', to: '2026-12-01' };
const DECEMBER = { from: '2026-12-01', to: '2027-01-01' };

const bill = (changes: Partial<DiscountedBill> = {}): DiscountedBill => ({
  subscriptionId: 's1',
  currency: 'USD',
  period: OCTOBER,
  on: '2026-10-31',
  ...changes,
});

const discount = (changes: Partial<CustomerDiscount> = {}): CustomerDiscount => ({
  id: 'd1',
  couponKey: 'welcome',
  subscriptionId: null,
  position: 1,
  name: 'Welcome',
  percent: '10',
  amount: null,
  currency: null,
  duration: 'forever',
  periods: null,
  charges: null,
  startsOn: '2026-01-01',
  endsOn: null,
  createdAt: new Date(0),
  ...changes,
});

const use = (changes: Partial<DiscountUse> = {}): DiscountUse => ({
  discountId: 'd1',
  periodFrom: OCTOBER.from,
  periodTo: OCTOBER.to,
  amount: '1',
  ...changes,
});
const inPeriod = ({ from, to }: typeof OCTOBER, amount = '1') => use({ periodFrom: from, periodTo: to, amount });
const fixed = (amount: string, changes: Partial<CustomerDiscount> = {}) =>
  discount({ percent: null, amount, currency: 'USD', ...changes });

describe('which discounts are due', () => {
  test.each<[string, CustomerDiscount, Partial<DiscountedBill>, DiscountUse[], boolean]>([
    ['for ever', discount(), {}, [inPeriod(NOVEMBER), inPeriod(DECEMBER)], true],
    ['before its first day', discount({ startsOn: '2026-11-01' }), {}, [], false],
    ['begun on the last day of service', discount({ startsOn: '2026-10-31' }), {}, [], true],
    ['ended on the last day of service', discount({ endsOn: '2026-10-31' }), {}, [], false],
    ['ended on the day after', discount({ endsOn: '2026-11-01' }), {}, [], true],
    ['ended before it began', discount({ startsOn: '2026-10-31', endsOn: '2026-10-31' }), {}, [], false],
    ['of this subscription', discount({ subscriptionId: 's1' }), {}, [], true],
    ['of another subscription', discount({ subscriptionId: 's2' }), {}, [], false],
    ['an amount in this currency', fixed('5'), {}, [], true],
    ['an amount in another currency', fixed('5'), { currency: 'EUR' }, [], false],
    ['a percentage in any currency', discount(), { currency: 'EUR' }, [], true],
    ['once, not used', discount({ duration: 'once' }), {}, [], true],
    ['once, used in another period', discount({ duration: 'once' }), {}, [inPeriod(NOVEMBER)], false],
    ['once, by a second document of the period', discount({ duration: 'once' }), {}, [inPeriod(OCTOBER)], true],
    ['once, used by another discount', discount({ duration: 'once' }), {}, [use({ discountId: 'd2' })], true],
    [
      'two periods, one used by two documents',
      discount({ duration: 'periods', periods: 2 }),
      {},
      [inPeriod(NOVEMBER), inPeriod(NOVEMBER)],
      true,
    ],
    [
      'two periods, both used',
      discount({ duration: 'periods', periods: 2 }),
      {},
      [inPeriod(NOVEMBER), inPeriod(DECEMBER)],
      false,
    ],
    ['an amount that the period has used up', fixed('5'), {}, [inPeriod(OCTOBER, '5.00')], false],
    ['an amount that another period has used up', fixed('5'), {}, [inPeriod(NOVEMBER, '5')], true],
  ])('%s: %#', (_name, one, changes, uses, isDue) => {
    expect(dueDiscounts(bill(changes), [one], uses).map(({ id }) => id)).toEqual(isDue ? ['d1'] : []);
  });

  test('they come in their order, in the words of a bill', () => {
    const due = dueDiscounts(
      bill(),
      [fixed('25.50', { id: 'd2', position: 2, charges: ['api'], name: 'Credit' }), discount({ position: 1 })],
      [],
    );
    expect(due).toEqual([
      { id: 'd1', discount: { name: 'Welcome', percent: '10' } },
      { id: 'd2', discount: { name: 'Credit', amount: '25.5', charges: ['api'] } },
    ]);
  });

  test('of an amount a second bill of the period gets what the first one left', () => {
    const [due] = dueDiscounts(bill({ subscriptionId: 's2' }), [fixed('25')], [inPeriod(OCTOBER, '9.99')]);
    expect(due?.discount.amount).toBe('15.01');
  });
});

const line = (amount: string, charge = 'api'): BillLine => ({
  charge,
  kind: 'charge',
  group: null,
  quantity: '1',
  amount: new Big(amount),
  steps: [],
});

const settleWith = (amount: string, due: ReturnType<typeof dueDiscounts>) =>
  settle([line(amount)], {
    currency: 'USD',
    discounts: due.map((one) => one.discount),
    taxRates: [],
    taxTreatment: 'standard',
    prepaidBalance: new Big('0'),
  });

describe('what a bill used', () => {
  test('is what was taken off it; what took nothing is not used', () => {
    const due = dueDiscounts(bill(), [discount({ charges: ['other'] }), fixed('25', { id: 'd2', position: 2 })], []);
    expect(usesOf(due, settleWith('10', due).discounts, OCTOBER)).toEqual([
      { discountId: 'd2', periodFrom: '2026-10-01', periodTo: '2026-11-01', amount: '10' },
    ]);
  });

  test('cannot be told from another bill', () => {
    expect(() => usesOf([], settleWith('10', dueDiscounts(bill(), [discount()], [])).discounts, OCTOBER)).toThrow(
      '1 discounts were settled, but 0 are due',
    );
  });
});

describe('laws', () => {
  const figure = fc.integer({ min: 0, max: 100_000 }).map((cents) => new Big(`${cents}e-2`).toFixed(2));
  const terms = fc.record({
    duration: fc.constantFrom('once' as const, 'periods' as const, 'forever' as const),
    value: fc.integer({ min: 1, max: 10_000 }).map((hundredths) => new Big(`${hundredths}e-2`).toFixed()),
    isPercent: fc.boolean(),
    periods: fc.integer({ min: 1, max: 3 }),
  });
  const discounts = fc.array(terms, { minLength: 1, maxLength: 4 }).map((all) =>
    all.map(({ duration, value, isPercent, periods }, index) =>
      discount({
        id: `d${index}`,
        position: index + 1,
        duration,
        periods: duration === 'periods' ? periods : null,
        ...(!isPercent && { percent: null, amount: value, currency: 'USD' }),
        ...(isPercent && { percent: value }),
      }),
    ),
  );
  const bills = fc.array(fc.record({ period: fc.constantFrom(OCTOBER, NOVEMBER, DECEMBER), amount: figure }), {
    maxLength: 12,
  });

  test('no discount lasts longer, no amount is more in a period, than it says', () => {
    fc.assert(
      fc.property(discounts, bills, (all, sequence) => {
        const uses: DiscountUse[] = [];
        for (const { period, amount } of sequence) {
          const due = dueDiscounts(bill({ period, on: '2026-12-31' }), all, uses);
          uses.push(...usesOf(due, settleWith(amount, due).discounts, period));
        }
        for (const one of all) {
          const own = uses.filter(({ discountId }) => discountId === one.id);
          const byPeriod = Map.groupBy(own, ({ periodFrom }) => periodFrom);
          expect(byPeriod.size).toBeLessThanOrEqual(periodLimit(one) ?? Number.POSITIVE_INFINITY);
          if (one.amount === null) continue;
          for (const inOne of byPeriod.values()) {
            const total = inOne.reduce((sum, { amount }) => sum.plus(amount), new Big('0'));
            expect(total.lte(one.amount)).toBe(true);
          }
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
