import { test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '#libs/events/canonical-json.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import { priceQuote } from '#libs/pricing/quote/price-quote.ts';
import { quoteSchema } from '#libs/pricing/quote/quote-schema.ts';
import { holds, LAW_RUNS } from '#tests/support/laws.ts';
import { around, currency, eventPrice, events, prices, quantity, signed } from '#tests/support/pricing/arbitraries.ts';
import type { DueUnit, MeteredUsage } from './due/due-unit.ts';
import { rateUnit } from './rate/rate.ts';

/*
 * Law: what a quote says is what the invoice bills. The same usage goes two ways: as JSON of a question, and as what meters counted. Line by
 * line amount, quantity, group and working must be equal.
 */

const { flat, matrix, percentage, dynamic, graduated_percentage, ...ofUnits } = prices();

/** Usage of some regions, each with what its events amount to, or only the sum. */
const regions = (value: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.tuple(fc.constantFrom('eu', 'us', 'asia'), value), { selector: ([name]) => name, minLength: 1 });

const days = fc
  .tuple(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 0, max: 30 }))
  .map(([count, from]) => ({ from: Math.min(from, 31 - count), count }));

interface Case {
  readonly charge: Record<string, unknown>;
  readonly usage: readonly (readonly [region: string, usage: string | readonly string[]])[];
}

const metered = (price: fc.Arbitrary<object>, withAround: boolean): fc.Arbitrary<Case> =>
  fc
    .tuple(price, withAround ? around : fc.constant({}), regions(signed(quantity)), fc.boolean())
    .map(([one, more, all, grouped]) => ({
      charge: { key: 'c', meter: 'm', price: one, ...more, ...(grouped && { group_by: ['region'] }) },
      usage: grouped ? all : all.slice(0, 1),
    }));

const cases: fc.Arbitrary<Case> = fc.oneof(
  flat.map((price): Case => ({ charge: { key: 'c', price }, usage: [] })),
  fc
    .tuple(ofUnits.graduated, around, quantity)
    .map(([price, more]): Case => ({ charge: { key: 'c', quantity: 'seats', price, ...more }, usage: [] })),
  ...Object.values(ofUnits).map((price) => metered(price, true)),
  metered(matrix, true).map(({ charge, usage }) => ({ charge: { ...charge, group_by: ['region'] }, usage })),
  metered(fc.oneof(percentage, dynamic, graduated_percentage), false),
  fc.tuple(eventPrice, regions(events.map((all) => JSON.stringify(all)))).map(
    ([price, all]): Case => ({
      charge: { key: 'c', meter: 'm', price, group_by: ['region'] },
      usage: all.map(([region, text]) => [region, JSON.parse(text) as string[]]),
    }),
  ),
);

const day = (n: number): string => new Date(Date.UTC(2026, 9, 1 + n)).toISOString().slice(0, 10);

function unitOf(charge: unknown, code: string, seats: string, service: { from: number; count: number }): DueUnit {
  const terms = chargeSchema.parse(charge);
  return {
    subscriptionId: '019a0000-0000-7000-8000-000000000002',
    chargeKey: 'c',
    kind: terms.meter === undefined ? 'fee' : 'usage',
    period: {
      from: day(service.from),
      to: day(service.from + service.count),
      serviceFrom: `${day(service.from)}T00:00:00Z`,
      serviceTo: `${day(service.from + service.count)}T00:00:00Z`,
      periodFrom: day(0),
      periodTo: day(31),
      days: service.count,
      periodDays: 31,
      timeZone: 'UTC',
    },
    billing: terms.billing,
    dueOn: day(31),
    currency: code,
    plan: '"p", version 1',
    changeId: '019a0000-0000-7000-8000-000000000003',
    charge: { position: 0, terms, meter: terms.meter === undefined ? null : { id: 1, key: 'm' } },
    quantity: terms.quantity === undefined ? null : seats,
  };
}

const sumOf = (all: readonly string[]): string =>
  decimalString(all.reduce((sum, each) => sum.plus(each), new Big('0')));

const meteredAs = (isGrouped: boolean, [region, usage]: Case['usage'][number]): MeteredUsage => ({
  groupKey: isGrouped ? canonicalJson({ region }) : '',
  quantity: typeof usage === 'string' ? usage : sumOf(usage),
  ...(typeof usage !== 'string' && { events: usage }),
  eventCount: '1',
  digest: '1',
  carriedIn: '0',
});

test('what a quote says is what the invoice bills', () => {
  fc.assert(
    fc.property(cases, currency, quantity, days, ({ charge, usage }, code, seats, service) => {
      const isGrouped = charge.group_by !== undefined;
      const quote = quoteSchema.parse({
        currency: code,
        charges: [charge],
        usage: usage.map(([region, used]) => ({
          charge: 'c',
          ...(typeof used === 'string' ? { quantity: used } : { events: used }),
          ...(isGrouped && { group: { region } }),
        })),
        quantities: { seats },
        service: {
          from: day(service.from),
          to: day(service.from + service.count),
          period_from: day(0),
          period_to: day(31),
        },
      });
      const estimated = priceQuote(quote, quote.charges ?? [], undefined).lines;
      const unit = unitOf(charge, code, seats, service);
      const billed = rateUnit(unit, unit.kind === 'usage' ? usage.map((one) => meteredAs(isGrouped, one)) : null);
      holds(estimated.length === billed.length);
      for (const [index, line] of billed.entries()) {
        const { amount, quantity: shown, group, steps, kind } = estimated[index] as (typeof estimated)[number];
        holds(amount.eq(line.amount) && shown === line.quantity);
        holds(JSON.stringify(group) === JSON.stringify(line.group ?? null));
        holds(JSON.stringify(steps) === JSON.stringify(line.steps));
        holds((kind === 'minimum') === (line.kind === 'minimum'));
      }
    }),
    { numRuns: LAW_RUNS },
  );
});
