import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '#libs/money/currency.ts';
import type { Big } from '#libs/money/decimal.ts';
import { LAW_RUNS } from '#tests/support/laws.ts';
import { billAgain, type SomeCharge, type SomeQuote } from '#tests/support/pricing/again/bill-again.ts';
import {
  around,
  currency,
  eventPrice,
  events,
  optional,
  percent,
  prices,
  rate,
  signed,
  smallQuantity,
} from '#tests/support/pricing/arbitraries.ts';
import { quoted } from '#tests/support/pricing/quote.ts';

/* Any quote of three charges, worked out a second time by other code, in fractions of whole numbers. */

interface Part {
  readonly charge: Record<string, unknown>;
  readonly usage: object[];
  readonly quantities: Record<string, string>;
}

const { flat: _, ...counting } = prices();
const { percentage: _p, graduated_percentage: _g, matrix: _m, dynamic: _d, ...ofSeats } = counting;
const withoutIncluded = ({ included_units: _units, ...rest }: Record<string, unknown>) => rest;
const none = { usage: [], quantities: {} };

const usagePart = (key: string): fc.Arbitrary<Part> =>
  fc.tuple(fc.oneof(...Object.values(counting)), around, signed(smallQuantity)).map(([price, more, quantity]) => ({
    ...none,
    charge: { key, price, ...(['percentage', 'dynamic'].includes(price.model) ? withoutIncluded(more) : more) },
    usage: [{ charge: key, quantity, ...(price.model === 'matrix' && { group: { region: 'eu' } }) }],
  }));
const eventPart = (key: string): fc.Arbitrary<Part> =>
  fc.tuple(eventPrice, around, events).map(([price, more, each]) => ({
    ...none,
    charge: { key, price, ...withoutIncluded(more) },
    usage: [{ charge: key, events: each }],
  }));
const feePart = (key: string): fc.Arbitrary<Part> =>
  fc
    .tuple(rate, around, fc.boolean(), fc.constantFrom('in_advance', 'once', 'in_arrears'))
    .map(([amount, { convert: _convert, ...more }, prorate, billing]) => ({
      ...none,
      charge: { key, price: { model: 'flat', amount }, prorate, billing, ...withoutIncluded(more) },
    }));
const seatPart = (key: string): fc.Arbitrary<Part> =>
  fc.tuple(fc.oneof(...Object.values(ofSeats)), around, smallQuantity).map(([price, more, seats]) => ({
    ...none,
    charge: { key, price, quantity: key, ...more },
    quantities: { [key]: seats },
  }));
const part = (key: string) => fc.oneof(usagePart(key), eventPart(key), feePart(key), seatPart(key));

const some = optional('charges', fc.constantFrom(['a'], ['b', 'c']));
const discount = fc.tuple(fc.boolean(), percent, some).map(([isPercent, figure, charges]) => ({
  ...(isPercent ? { percent: Number(figure) > 100 ? '100' : figure } : { amount: figure.split('.')[0] }),
  ...charges,
}));
const tax = fc.tuple(percent, some).map(([each, charges]) => ({ name: 'tax', percent: each, ...charges }));

const day = (days: number) => (days === 31 ? '2026-11-01' : `2026-10-${String(days + 1).padStart(2, '0')}`);
const minor = (amount: Big, digits: number): bigint => BigInt(amount.times(`1e${digits}`).toFixed());

test('a quote says what its figures say', () => {
  fc.assert(
    fc.property(
      currency,
      fc.tuple(part('a'), part('b'), part('c')),
      optional('minimum_amount', smallQuantity),
      fc.array(discount, { maxLength: 3 }),
      fc.tuple(fc.boolean(), fc.array(tax, { maxLength: 3 })),
      fc.nat(500),
      fc.integer({ min: 1, max: 31 }),
      (code, parts, minimum, discounts, [inclusive, taxes], prepaid, days) => {
        const asked = {
          charges: parts.map(({ charge }) => charge),
          usage: parts.flatMap(({ usage }) => usage),
          quantities: Object.assign({}, ...parts.map(({ quantities }) => quantities)) as Record<string, string>,
          ...minimum,
          discounts,
          tax_rates: taxes.map((one) => ({ ...one, inclusive })),
          prepaid_balance: String(prepaid),
        };
        const service = { from: '2026-10-01', to: day(days), period_from: '2026-10-01', period_to: '2026-11-01' };
        const bill = quoted({ currency: code, ...asked, service });
        const digits = currencyDigits(code);
        const units = (amount: Big) => minor(amount, digits);
        const charges = asked.charges as unknown as SomeCharge[];
        const again = billAgain({ ...(asked as unknown as SomeQuote), charges, digits, days: [days, 31] });
        const said = {
          amounts: bill.lines.map(({ amount }) => units(amount)),
          discounted: bill.lines.map(({ amount, discount: off }) => units(amount.minus(off))),
          taxes: bill.taxes.map(({ amount }) => units(amount)),
          total: units(bill.totals.total),
          due: units(bill.totals.amountDue),
        };
        // Cheaper than expect, which is asked only where it has something to show.
        if (!isDeepStrictEqual(said, again)) expect(said).toEqual(again);
      },
    ),
    { numRuns: LAW_RUNS },
  );
}, 300_000);
