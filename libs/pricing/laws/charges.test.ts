import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '#libs/money/currency.ts';
import type { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import {
  around,
  currency,
  decimal,
  eventPrice,
  events,
  prices,
  quantity,
  signed,
  smallQuantity,
} from '#tests/support/pricing/arbitraries.ts';
import { big, chargeOf, stepsSum, sumOf } from '#tests/support/pricing/price.ts';
import { type QuoteFields, quotedPlan } from '#tests/support/pricing/quote.ts';
import { priceCharge } from '../charge/price-charge.ts';
import { prorate } from '../charge/prorate-fee.ts';
import type { Bill } from '../totals/bill.ts';

/** Laws of charges: what is done around a price, over groups and over time. */

const RUNS = { numRuns: LAW_RUNS };
const { flat: _, percentage, dynamic, ...ofUnits } = prices(20_000);
const anyPrice = fc.oneof(...Object.values<fc.Arbitrary<{ model: string }>>({ ...ofUnits, percentage, dynamic }));

/** Money is not included in units. */
const isOfMoney = ({ model }: { model: string }) => model === 'percentage' || model === 'dynamic';

/** A charge of usage in up to three regions. */
const charge = fc.tuple(anyPrice, around).map(([price, { included_units: included, ...rest }]) => ({
  key: 'api',
  price,
  group_by: ['region'],
  ...rest,
  ...(included !== undefined && !isOfMoney(price) && { included_units: included }),
}));
const region = fc.constantFrom('eu', 'us', 'asia');
const usage = fc.array(fc.tuple(region, signed(smallQuantity)), { minLength: 1, maxLength: 6 });

const half = (code: string): Big => big('0.5').times(`1e-${currencyDigits(code)}`);

describe('a line', () => {
  test('is its steps, rounded once; a maximum is never exceeded, a minimum always reached', () => {
    const groups = fc.array(quantity, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(charge, groups, currency, (fields, quantities, code) => {
        const terms = chargeOf(fields);
        const lines = priceCharge(terms, {
          currency: code,
          groups: quantities.map((each, index) => ({ group: { region: `r${index}` }, quantity: big(each) })),
        });
        for (const { kind, amount, steps } of lines) {
          holds(
            stepsSum(steps)
              .minus(amount)
              .abs()
              .lte(kind === 'minimum' ? '0' : half(code)),
          );
          holds(amount.gte('0') && roundToCurrency(amount, code).eq(amount));
        }
        const { maximum_amount: most, minimum_amount: least } = terms;
        const charged = sumOf(lines.filter(({ kind }) => kind === 'charge').map(({ amount }) => amount));
        if (most !== undefined) holds(charged.lte(roundToCurrency(big(most), code)));
        const all = sumOf(lines.map(({ amount }) => amount));
        if (least === undefined) holds(lines.length === quantities.length);
        else {
          const minimum = roundToCurrency(big(least), code);
          holds(all.eq(charged.gt(minimum) ? charged : minimum));
        }
      }),
      RUNS,
    );
  });

  test('several groups that are each rounded up together stay within the maximum', () => {
    const halfCents = fc.array(fc.nat(20), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(halfCents, fc.nat(40), (counts, cents) => {
        const most = big(String(cents)).div('100');
        const lines = priceCharge(
          chargeOf({ price: { model: 'per_unit', unit_amount: '0.005' }, maximum_amount: most.toFixed() }),
          {
            currency: 'USD',
            groups: counts.map((count, index) => ({ group: { region: `r${index}` }, quantity: big(String(count)) })),
          },
        );
        const sum = sumOf(lines.map(({ amount }) => amount));
        const exact = big(String(counts.reduce((total, count) => total + count, 0))).times('0.005');
        holds(sum.lte(most));
        // As much as there is to be had: no group gives up a cent that the maximum leaves.
        holds(exact.lt(most) || sum.eq(most));
        for (const { amount, steps } of lines) holds(stepsSum(steps).minus(amount).abs().lte(half('USD')));
      }),
      RUNS,
    );
  });

  test('after what was billed before, its steps add up to the last digit', () => {
    fc.assert(
      fc.property(charge, signed(quantity), signed(decimal(10n ** 9n, 0)), (fields, units, before) => {
        const [line] = priceCharge(chargeOf(fields), {
          currency: 'JPY',
          groups: [{ group: { region: 'eu' }, quantity: big(units), billedBefore: big(before) }],
        });
        same(stepsSum(line?.steps ?? []), line?.amount as Big);
      }),
      RUNS,
    );
  });
});

/** What is billed by one quote after another, each telling the next what it billed. */
function billedInPieces(
  pieces: readonly QuoteFields[][],
  quote: (usage: QuoteFields) => Bill,
  isCumulative: boolean,
): Big {
  const billed = new Map<string, { quantity: Big; events: string[]; amount: Big; entry: QuoteFields }>();
  const of = (key: string, entry: QuoteFields) => {
    const one = billed.get(key) ?? { quantity: big('0'), events: [], amount: big('0'), entry };
    billed.set(key, one);
    return one;
  };
  const keyOf = (entry: QuoteFields) => JSON.stringify(entry.group ?? null);
  const asUsage = (amounts: boolean) =>
    [...billed.values()].map(({ quantity: units, events: all, amount, entry: { group } }) => ({
      charge: 'api',
      ...(group !== undefined && { group }),
      ...(all.length > 0 ? { events: [...all] } : { quantity: units.toFixed() }),
      ...(amounts && { amount: amount.toFixed() }),
    }));
  let total = big('0');
  for (const piece of pieces) {
    const before = asUsage(true);
    for (const entry of piece) {
      const one = of(keyOf(entry), entry);
      one.quantity = one.quantity.plus((entry.quantity as string | undefined) ?? '0');
      one.events.push(...((entry.events as string[] | undefined) ?? []));
    }
    const bill = quote({
      usage: isCumulative ? asUsage(false) : piece,
      usage_is: isCumulative ? 'cumulative' : 'new',
      billed_before: before,
    });
    for (const { group, amount } of bill.lines) {
      // True-ups belong to no group; they are told with the first one.
      const one = (group && billed.get(JSON.stringify(group))) ?? [...billed.values()][0];
      if (one) one.amount = one.amount.plus(amount);
      total = total.plus(amount);
    }
  }
  return total;
}

const piecesOf = (entries: readonly QuoteFields[], cuts: readonly number[]): QuoteFields[][] => {
  const ends = [...new Set(cuts.map((cut) => 1 + (cut % entries.length))), entries.length].sort((a, b) => a - b);
  return ends
    .map((end, index) => entries.slice(ends[index - 1] ?? 0, end))
    .filter((piece, index) => index === 0 || piece.length > 0);
};

describe('usage that is billed in pieces costs what it costs at once', () => {
  const cuts = fc.array(fc.nat(10), { maxLength: 3 });
  const commitment = fc.option(smallQuantity);

  test('by groups, with all that can be around a price, new and cumulative', () => {
    fc.assert(
      fc.property(
        charge,
        usage,
        cuts,
        commitment,
        currency,
        fc.boolean(),
        (one, used, at, least, code, isCumulative) => {
          const entries = used.map(([name, units]) => ({ charge: 'api', quantity: units, group: { region: name } }));
          const charges = [chargeOf(one)];
          const quote = (more: QuoteFields) => quotedPlan(charges, least ?? undefined, { currency: code, ...more });
          same(billedInPieces(piecesOf(entries, at), quote, isCumulative), quote({ usage: entries }).totals.subtotal);
        },
      ),
      RUNS,
    );
  });

  test('event by event, with limits for each', () => {
    const pieces = fc.array(events, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        eventPrice,
        around,
        pieces,
        fc.boolean(),
        (price, { included_units: __, ...rest }, all, isCumulative) => {
          // The schema asks for events: an empty list in the first piece would be told as a quantity.
          const entries = all.map((list, index) => [{ charge: 'api', events: index === 0 ? ['0', ...list] : list }]);
          const charges = [chargeOf({ price, ...rest })];
          const quote = (more: QuoteFields) => quotedPlan(charges, undefined, more);
          same(billedInPieces(entries, quote, isCumulative), quote({ usage: entries.flat() }).totals.subtotal);
        },
      ),
      RUNS,
    );
  });
});

describe('days', () => {
  const fee = decimal(10n ** 15n, 2);
  const days = fc
    .integer({ min: 1, max: 366 })
    .chain((period) => fc.tuple(fc.integer({ min: 0, max: period }), fc.constant(period)));
  const shareOf = (amount: string, first: number, periodDays: number): Big =>
    big(amount).plus(prorate(big(amount), { days: first, periodDays }).change);

  test('parts of a period add up to the fee within the last of 40 digits, and more days never cost less', () => {
    fc.assert(
      fc.property(fee, days, (amount, [first, period]) => {
        const sum = shareOf(amount, first, period).plus(shareOf(amount, period - first, period));
        holds(sum.minus(amount).abs().lte('1e-39'));
        const next = shareOf(amount, Math.min(first + 1, period), period);
        holds(next.gte(shareOf(amount, first, period)));
      }),
      RUNS,
    );
  });
});
