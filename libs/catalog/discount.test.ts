import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { settle } from '#libs/pricing/totals/settle.ts';
import { type DiscountableLine, type DueDiscount, dueDiscounts, periodLimit, usesOf } from './discount.ts';
import type { CustomerDiscount, DiscountUse } from './discount-schema.ts';

const OCTOBER = { from: '2026-10-01', to: '2026-11-01' };
const NOVEMBER = { from: '2026-11-01', to: '2026-12-01' };
const DECEMBER = { from: '2026-12-01', to: '2027-01-01' };

const line = (changes: Partial<DiscountableLine> = {}): DiscountableLine => ({
  subscriptionId: 's1',
  chargeKey: 'api',
  period: OCTOBER,
  on: '2026-10-31',
  amount: new Big('10'),
  ...changes,
});

const discount = (changes: Partial<CustomerDiscount> = {}): CustomerDiscount => ({
  id: 'd1',
  customerId: 'c1',
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
  test.each<[string, CustomerDiscount, Partial<DiscountableLine> & { currency?: string }, DiscountUse[], boolean]>([
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
    ['of this charge', discount({ charges: ['api', 'base'] }), {}, [], true],
    ['of another charge', discount({ charges: ['base'] }), {}, [], false],
    ['of some charges, not of the plan as a whole', discount({ charges: ['api'] }), { chargeKey: '' }, [], false],
    ['of all charges and of the plan as a whole', discount(), { chargeKey: '' }, [], true],
    ['nothing to take it off', discount(), { amount: new Big('0') }, [], false],
    ['nothing to take it off but a credit', discount(), { amount: new Big('-1') }, [], false],
  ])('%s: %#', (_name, one, { currency = 'USD', ...changes }, uses, isDue) => {
    expect(dueDiscounts([line(changes)], currency, [one], uses).map(({ id }) => id)).toEqual(isDue ? ['d1'] : []);
  });

  test('they come in their order, with the places of their lines', () => {
    const due = dueDiscounts(
      [line({ chargeKey: 'base' }), null, line()],
      'USD',
      [fixed('25.50', { id: 'd2', position: 2, charges: ['api'], name: 'Credit' }), discount({ position: 1 })],
      [],
    );
    expect(due).toEqual([
      { id: 'd1', period: OCTOBER, places: [0, 2], discount: { name: 'Welcome', percent: '10' } },
      { id: 'd2', period: OCTOBER, places: [2], discount: { name: 'Credit', amount: '25.5' } },
    ]);
  });

  test('of an amount a second document of the period gets what the first one left', () => {
    const [due] = dueDiscounts([line({ subscriptionId: 's2' })], 'USD', [fixed('25')], [inPeriod(OCTOBER, '9.99')]);
    expect(due?.discount.amount).toBe('15.01');
  });

  test('each period of a document by itself, subscriptions together', () => {
    const lines = [line({ period: NOVEMBER }), line(), line({ subscriptionId: 's2' })];
    expect(dueDiscounts(lines, 'USD', [fixed('25')], []).map(({ period, places }) => [period, places])).toEqual([
      [OCTOBER, [1, 2]],
      [NOVEMBER, [0]],
    ]);
    const once = fixed('25', { duration: 'once' });
    expect(dueDiscounts(lines, 'USD', [once], []).map(({ period }) => period)).toEqual([OCTOBER]);
    expect(dueDiscounts(lines, 'USD', [once], [inPeriod(NOVEMBER)]).map(({ period }) => period)).toEqual([NOVEMBER]);
  });
});

const settleWith = (lines: readonly DiscountableLine[], due: readonly DueDiscount[]) =>
  settle(
    lines.map(({ amount }, place) => ({ charge: String(place), amount })),
    {
      currency: 'USD',
      discounts: due.map(({ discount: one, places }) => ({ ...one, charges: places.map(String) })),
      taxRates: [],
      taxTreatment: 'standard',
      prepaidBalance: new Big('0'),
    },
  );

describe('what a bill used', () => {
  test('is what was taken off it; what took nothing is not used', () => {
    const everything = discount({ percent: '100' });
    const due = dueDiscounts([line()], 'USD', [everything, fixed('25', { id: 'd2', position: 2 })], []);
    expect(due).toHaveLength(2);
    expect(usesOf(due, settleWith([line()], due).discounts)).toEqual([
      { discountId: 'd1', periodFrom: '2026-10-01', periodTo: '2026-11-01', amount: '10' },
    ]);
  });

  test('cannot be told from another bill', () => {
    const due = dueDiscounts([line()], 'USD', [discount()], []);
    expect(() => usesOf([], settleWith([line()], due).discounts)).toThrow('1 discounts were settled, but 0 are due');
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
  const lineOf = fc
    .record({ period: fc.constantFrom(OCTOBER, NOVEMBER, DECEMBER), amount: figure })
    .map(({ period, amount }) => line({ period, amount: new Big(amount), on: '2026-12-31' }));
  const documents = fc.array(fc.array(lineOf, { maxLength: 4 }), { maxLength: 6 });

  test('no discount lasts longer, no amount is more in a period, than it says', () => {
    fc.assert(
      fc.property(discounts, documents, (all, sequence) => {
        const uses: DiscountUse[] = [];
        for (const lines of sequence) {
          const due = dueDiscounts(lines, 'USD', all, uses);
          uses.push(...usesOf(due, settleWith(lines, due).discounts));
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
