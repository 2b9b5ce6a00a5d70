import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Big } from '#libs/money/decimal.ts';
import { priceQuantity } from './price-quantity.ts';
import { type GraduatedPrice, type Price, priceSchema } from './price-schema.ts';

const decimal = (maximum: bigint, maximumScale: number) =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: maximum }), fc.integer({ min: 0, max: maximumScale }))
    .map(([digits, scale]) => new Big(`${digits}e-${scale}`));

const rate = decimal(10n ** 9n, 12);
const quantity = decimal(10n ** 21n, 6);

/** Any valid graduated price with bounds that rise by `step`. */
const graduatedBy = (step: fc.Arbitrary<Big>): fc.Arbitrary<GraduatedPrice> =>
  fc
    .array(fc.record({ step, rate, flat: fc.option(rate) }), { minLength: 1, maxLength: 6 })
    .map((rows): Price => {
      let bound = new Big('0');
      const tiers = rows.map((row, index) => {
        bound = bound.plus(row.step);
        const up_to = index === rows.length - 1 ? null : bound.toFixed();
        const flat = row.flat === null ? {} : { flat_amount: row.flat.toFixed() };
        return { up_to, unit_amount: row.rate.toFixed(), ...flat };
      });
      return priceSchema.parse({ model: 'graduated', tiers });
    })
    .filter((price): price is GraduatedPrice => price.model === 'graduated');

const graduated = graduatedBy(decimal(10n ** 6n, 3).map((step) => step.plus('0.001')));
const anyPrice = fc.oneof(
  graduated,
  rate.map((unit): Price => ({ model: 'per_unit', unit_amount: unit.toFixed() })),
  rate.map((fee): Price => ({ model: 'flat', amount: fee.toFixed() })),
);

const amountOf = (price: Price, of: Big): Big => priceQuantity(price, of).amount;

describe('laws of pricing', () => {
  test('the steps add up to the amount, and their quantities to the quantity', () => {
    fc.assert(
      fc.property(anyPrice, quantity, (price, units) => {
        const priced = priceQuantity(price, units);
        const sum = priced.steps.reduce((total, step) => total.plus(step.amount), new Big('0'));
        expect(sum.toFixed()).toBe(priced.amount.toFixed());
        const counted = priced.steps.filter((step) => step.rule === 'tier' || step.rule === 'per_unit');
        if (counted.length > 0) {
          expect(counted.reduce((total, step) => total.plus(step.quantity), new Big('0')).toFixed()).toBe(
            units.toFixed(),
          );
        }
        for (const step of priced.steps) {
          expect(new Big(step.quantity).times(step.unit_amount ?? '').toFixed()).toBe(step.amount);
        }
      }),
    );
  });

  test('more usage never costs less', () => {
    fc.assert(
      fc.property(anyPrice, quantity, quantity, (price, units, more) => {
        expect(amountOf(price, units.plus(more)).gte(amountOf(price, units))).toBe(true);
      }),
    );
  });

  test('a negative quantity prices as zero', () => {
    fc.assert(
      fc.property(anyPrice, quantity, (price, units) => {
        expect(priceQuantity(price, units.neg())).toEqual(priceQuantity(price, new Big('0')));
      }),
    );
  });

  test('graduated is the sum of its units, each at the rate and flat amount of the tier it lies in', () => {
    const wholeSteps = fc.integer({ min: 1, max: 12 }).map((step) => new Big(String(step)));
    fc.assert(
      fc.property(graduatedBy(wholeSteps), fc.integer({ min: 0, max: 80 }), (price, count) => {
        // An independent reading of the rule: look up each unit's tier, one unit at a time.
        let sum = new Big(price.tiers[0]?.flat_amount ?? '0');
        const entered = new Set([0]);
        for (let unit = 1; unit <= count; unit += 1) {
          const index = price.tiers.findIndex((tier) => tier.up_to === null || Number(tier.up_to) >= unit);
          const tier = price.tiers[index];
          sum = sum.plus(tier?.unit_amount ?? 'missing');
          if (!entered.has(index)) sum = sum.plus(tier?.flat_amount ?? '0');
          entered.add(index);
        }
        expect(amountOf(price, new Big(String(count))).toFixed()).toBe(sum.toFixed());
      }),
    );
  });

  test('a quantity that is cut and billed cumulatively costs the whole, and each piece what its own tiers say', () => {
    fc.assert(
      fc.property(graduated, fc.array(quantity, { minLength: 1, maxLength: 6 }), (price, pieces) => {
        let before = new Big('0');
        let billed = amountOf(price, before);
        for (const piece of pieces) {
          const after = before.plus(piece);
          billed = billed.plus(pieceOf(price, before, after));
          before = after;
        }
        expect(billed.toFixed()).toBe(amountOf(price, before).toFixed());
      }),
    );
  });
});

/** What the units after `before` up to `after` cost, from the overlap of the piece with each tier. */
function pieceOf(price: GraduatedPrice, before: Big, after: Big): Big {
  let from = new Big('0');
  let sum = new Big('0');
  for (const tier of price.tiers) {
    const to = tier.up_to === null || after.lt(tier.up_to) ? after : new Big(tier.up_to);
    const start = before.gt(from) ? before : from;
    if (to.gt(start)) sum = sum.plus(to.minus(start).times(tier.unit_amount));
    // Entered by this piece: usage was not beyond the lower bound before, and is now.
    if (from.gt('0') && before.lte(from) && after.gt(from)) sum = sum.plus(tier.flat_amount ?? '0');
    if (tier.up_to === null) break;
    from = new Big(tier.up_to);
  }
  return sum;
}
