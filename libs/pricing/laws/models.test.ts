import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Big } from '#libs/money/decimal.ts';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import {
  decimal,
  eventPrice,
  events,
  prices,
  quantity,
  smallQuantity,
  tiers,
} from '#tests/support/pricing/arbitraries.ts';
import { big, priced, pricedEvents, stepsSum, sumOf } from '#tests/support/pricing/price.ts';
import type { PriceOf } from '../price-schema.ts';

/** Laws of the prices by themselves. What is expected is worked out in another way than the pricers do. */

const RUNS = { numRuns: LAW_RUNS };
const GROUP = { region: 'eu' };
const MODELS = prices();
const anyPrice = fc.oneof(...Object.values<fc.Arbitrary<unknown>>(MODELS));
const costOf = (price: unknown, units: string | Big): Big => priced(price, units.toString(), GROUP).amount;

describe('the working', () => {
  test('its amounts add up to the price, its quantities to the quantity, and each step to its own figures', () => {
    fc.assert(
      fc.property(anyPrice, quantity, (price, units) => {
        const { amount, steps } = priced(price, units, GROUP);
        same(stepsSum(steps), amount);
        const counted = steps.filter(({ rule }) =>
          ['per_unit', 'tier', 'free_amount', 'percent', 'matrix', 'multiplier'].includes(rule),
        );
        const { model } = price as { model: string };
        if (counted.length > 0 && model !== 'volume')
          same(sumOf(counted.map((step) => big(step.quantity))), big(units));
        for (const { quantity: count, unit_amount: unit, percent, amount: of } of steps) {
          if (unit !== undefined) same(big(count).times(unit), big(of));
          if (percent !== undefined) same(big(count).times(percent).div('100'), big(of));
        }
      }),
      RUNS,
    );
  });

  test('of single events: all that came is free or pays', () => {
    fc.assert(
      fc.property(eventPrice, events, (price, all) => {
        const { amount, steps } = pricedEvents(price, all);
        same(stepsSum(steps), amount);
        const counted = steps.filter(({ rule }) => rule === 'free_amount' || rule === 'percent');
        same(sumOf(counted.map((step) => big(step.quantity))), sumOf(all.map(big)));
      }),
      RUNS,
    );
  });
});

describe('more usage never costs less', () => {
  const { volume: _, stairstep: __, ...monotone } = MODELS;
  test.each(Object.entries<fc.Arbitrary<unknown>>(monotone))('%s', (_name, price) => {
    fc.assert(
      fc.property(price, quantity, smallQuantity, (one, units, more) => {
        holds(costOf(one, big(units).plus(more)).gte(costOf(one, units)));
      }),
      RUNS,
    );
  });

  test('percentage, event by event', () => {
    fc.assert(
      fc.property(eventPrice, fc.array(smallQuantity, { minLength: 1, maxLength: 6 }), (price, all) => {
        const whole = pricedEvents(price, all).amount;
        holds(whole.gte(pricedEvents(price, all.slice(0, -1)).amount));
      }),
      RUNS,
    );
  });

  test('but volume and stairstep may fall at a bound: that is what they are', () => {
    const volume = {
      model: 'volume',
      tiers: [
        { up_to: '10', unit_amount: '2' },
        { up_to: null, unit_amount: '1' },
      ],
    };
    expect([costOf(volume, '10').toFixed(), costOf(volume, '11').toFixed()]).toEqual(['20', '11']);
    const steps = {
      model: 'stairstep',
      tiers: [
        { up_to: '10', flat_amount: '20' },
        { up_to: null, flat_amount: '5' },
      ],
    };
    expect([costOf(steps, '10').toFixed(), costOf(steps, '11').toFixed()]).toEqual(['20', '5']);
  });
});

describe('each model, read in another way', () => {
  const wholeTiers = tiers(
    fc
      .tuple(decimal(10n ** 9n, 12), fc.option(decimal(1000n, 2)))
      .map(([unit_amount, flat]) => ({ unit_amount, ...(flat !== null && { flat_amount: flat }) })),
    12,
  ).map((rows) => ({
    model: 'graduated',
    // Whole bounds: hundredths become units.
    tiers: (rows as { up_to: string | null }[]).map((row) => ({
      ...row,
      up_to: row.up_to === null ? null : big(row.up_to).times('100').toFixed(),
    })),
  }));

  /** Small enough to lie on a bound again and again. */
  const halves = fc.nat(40).map((count) => big(String(count)).div('2').toFixed());

  test('graduated is the sum of its units, each at the rate and flat amount of the tier it lies in', () => {
    fc.assert(
      fc.property(wholeTiers, fc.nat(80), (price, count) => {
        const rows = price.tiers as PriceOf<'graduated'>['tiers'];
        let sum = big(rows[0]?.flat_amount ?? '0');
        const entered = new Set([0]);
        for (let unit = 1; unit <= count; unit += 1) {
          const index = rows.findIndex((tier) => tier.up_to === null || Number(tier.up_to) >= unit);
          sum = sum.plus(rows[index]?.unit_amount as string);
          if (!entered.has(index)) sum = sum.plus(rows[index]?.flat_amount ?? '0');
          entered.add(index);
        }
        same(costOf(price, String(count)), sum);
      }),
      RUNS,
    );
  });

  test('graduated in pieces: each costs what its overlap with the tiers says', () => {
    fc.assert(
      fc.property(wholeTiers, fc.array(halves, { minLength: 1, maxLength: 5 }), (price, pieces) => {
        const rows = price.tiers as PriceOf<'graduated'>['tiers'];
        let before = big('0');
        let billed = costOf(price, '0');
        for (const piece of pieces) {
          const after = before.plus(piece);
          billed = billed.plus(pieceOf(rows, before, after));
          before = after;
        }
        same(costOf(price, before), billed);
      }),
      RUNS,
    );
  });

  test('graduated percentage is graduated with rates of hundredths', () => {
    fc.assert(
      fc.property(MODELS.graduated_percentage, quantity, (price, units) => {
        const rows = (price.tiers as PriceOf<'graduated_percentage'>['tiers']).map(({ percent, ...row }) => ({
          ...row,
          unit_amount: big(percent).div('100').toFixed(),
        }));
        same(costOf(price, units), costOf({ model: 'graduated', tiers: rows }, units));
      }),
      RUNS,
    );
  });

  test('volume and stairstep: as many bounds below the quantity, so far the tier', () => {
    fc.assert(
      fc.property(wholeTiers, halves, ({ tiers: all }, units) => {
        const price = { model: 'volume', tiers: all };
        const rows = price.tiers as PriceOf<'volume'>['tiers'];
        const tier = rows[rows.filter(({ up_to }) => up_to !== null && big(up_to).lt(units)).length];
        const flat = tier?.flat_amount ?? '0';
        same(
          costOf(price, units),
          big(units)
            .times(tier?.unit_amount as string)
            .plus(flat),
        );
        const steps = rows.map(({ up_to, flat_amount = '0' }) => ({ up_to, flat_amount }));
        same(costOf({ model: 'stairstep', tiers: steps }, units), big(flat));
      }),
      RUNS,
    );
  });

  test('package: no more than are needed, or than are full', () => {
    fc.assert(
      fc.property(MODELS.package, quantity, (price, units) => {
        const count = big(priced(price, units).steps[0]?.quantity as string);
        const size = big(price.size);
        same(count, count.round(0, 0));
        if (price.round === 'up') {
          holds(count.times(size).gte(units));
          holds(count.minus('1').times(size).lt(units));
        } else {
          holds(count.times(size).lte(units));
          holds(count.plus('1').times(size).gt(units));
        }
        same(costOf(price, units), count.times(price.amount));
      }),
      RUNS,
    );
  });

  test('percentage: the sum of what each event costs', () => {
    fc.assert(
      fc.property(eventPrice, events, (price, all) => {
        same(pricedEvents(price, all).amount, feesOf(price as unknown as PriceOf<'percentage'>, all.map(big)));
      }),
      RUNS,
    );
  });

  test('percentage: the order says nothing where nothing is free', () => {
    fc.assert(
      fc.property(eventPrice, events, ({ free_events: _, free_amount: __, ...price }, all) => {
        same(pricedEvents(price, all).amount, pricedEvents(price, all.toReversed()).amount);
      }),
      RUNS,
    );
  });
});

/** What the units after `before` up to `after` cost, from the overlap of the piece with each tier. */
function pieceOf(rows: PriceOf<'graduated'>['tiers'], before: Big, after: Big): Big {
  let from = big('0');
  let sum = big('0');
  for (const tier of rows) {
    const to = tier.up_to === null || after.lt(tier.up_to) ? after : big(tier.up_to);
    const start = before.gt(from) ? before : from;
    if (to.gt(start)) sum = sum.plus(to.minus(start).times(tier.unit_amount));
    // Entered by this piece: usage was not beyond the lower bound before, and is now.
    if (from.gt('0') && before.lte(from) && after.gt(from)) sum = sum.plus(tier.flat_amount ?? '0');
    if (tier.up_to === null) break;
    from = big(tier.up_to);
  }
  return sum;
}

/** The words of the rule, one event at a time; in hundredths of the percentage, so that nothing is divided. */
function feesOf(price: PriceOf<'percentage'>, all: readonly Big[]): Big {
  let freeEvents = price.free_events ?? (price.free_amount === undefined ? 0 : all.length);
  let freeAmount = big(price.free_amount ?? '1e30');
  const fees = all.map((event) => {
    if (event.lt('0')) return event.times(price.percent);
    let paid = event;
    if (freeEvents > 0 && freeAmount.gt('0')) {
      const free = event.gt(freeAmount) ? freeAmount : event;
      freeEvents -= 1;
      freeAmount = freeAmount.minus(free);
      paid = event.minus(free);
      if (paid.eq('0')) return big('0');
    }
    const fee = paid.times(price.percent).plus(big(price.fixed_amount ?? '0').times('100'));
    const least = big(price.minimum_per_event ?? '0').times('100');
    const most = big(price.maximum_per_event ?? '1e30').times('100');
    return fee.lt(least) ? least : fee.gt(most) ? most : fee;
  });
  const sum = sumOf(fees).div('100');
  return sum.lt('0') ? big('0') : sum;
}
