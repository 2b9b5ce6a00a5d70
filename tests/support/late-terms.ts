import fc from 'fast-check';
import { type DraftKey, draftKeyText, type Surroundings } from '#libs/invoicing/documents/assemble.ts';
import { around, currency, percent, prices, smallQuantity } from './pricing/arbitraries.ts';
import { surroundings } from './surroundings.ts';

export interface Terms {
  readonly charges: readonly { readonly terms: Record<string, unknown>; readonly grouped: boolean }[];
  readonly fee: string;
  readonly commitment: string | null;
  readonly code: string;
  readonly surroundings: Surroundings;
}

/** What was used: by charge, by region. */
export type Used = readonly (readonly (readonly [region: string, quantity: string])[])[];

const {
  flat: _flat,
  matrix: _matrix,
  percentage: _p,
  dynamic: _d,
  graduated_percentage: _g,
  ...ofUnits
} = prices(50_000);
const charge = fc.tuple(fc.oneof(...Object.values(ofUnits)), around, fc.boolean()).map(([price, more, grouped]) => ({
  terms: { key: 'c', meter: 'm', price, ...more, ...(grouped && { group_by: ['region'] }) },
  grouped,
}));

const anyCoupon = fc.tuple(
  fc.oneof(
    percent.filter((text) => Number(text) > 0 && Number(text) <= 100).map((each) => ({ percent: each, amount: null })),
    smallQuantity.filter((text) => Number(text) >= 1).map((amount) => ({ percent: null, amount })),
  ),
  fc.constantFrom<(string[] | null)[]>(null, ['c0', 'fee'], ['fee', 'c1']),
);

interface Coupon {
  readonly percent: string | null;
  readonly amount: string | null;
}

/** `rates`: percentages; the first is for all, the others for some charges. */
export const settlementOf = (
  coupons: readonly (readonly [Coupon, string[] | null])[],
  rates: readonly string[],
  inclusive: boolean,
): Surroundings =>
  surroundings({
    organizationRates: rates.map((each) => `t${each}`),
    rateEntries: rates.map((each, index) => ({
      id: each,
      key: `t${each}`,
      name: `T${each}`,
      percent: each,
      inclusive,
      charges: [null, ['c0', 'fee'], ['c1', 'fee']][index] as string[] | null,
      validFrom: '2000-01-01',
      validTo: null,
      createdAt: new Date(0),
    })),
    discounts: coupons.map(([terms, charges], index) => ({
      id: `019a0000-0000-7000-8000-0000000000${index}0`,
      customerId: '019a0000-0000-7000-8000-000000000001',
      couponKey: `k${index}`,
      subscriptionId: null,
      position: index + 1,
      startsOn: '2000-01-01',
      endsOn: '2026-04-01',
      createdAt: new Date(0),
      name: `coupon ${index}`,
      duration: 'forever',
      periods: null,
      charges,
      currency: null,
      ...terms,
    })),
  });

const settlement = fc
  .tuple(
    fc.array(anyCoupon, { maxLength: 2 }),
    fc.uniqueArray(fc.constantFrom('5', '7', '19', '8.375'), { maxLength: 2 }),
    fc.boolean(),
  )
  .map((parts) => settlementOf(...parts));

export const terms: fc.Arbitrary<Terms> = fc.record({
  charges: fc.array(charge, { minLength: 1, maxLength: 3 }),
  fee: fc.integer({ min: 1, max: 90 }).map(String),
  commitment: fc.option(smallQuantity),
  code: currency,
  surroundings: settlement,
});

export const usedOf = fc.uniqueArray(fc.tuple(fc.constantFrom('eu', 'us', 'asia'), smallQuantity), {
  selector: ([region]) => region,
});
export const history = fc.array(fc.tuple(usedOf, usedOf, usedOf), { minLength: 2, maxLength: 5 }) as fc.Arbitrary<
  Used[]
>;

/*
 * Amounts of a few of the smallest unit, with much that shares them out: here a hundred times as many cents move between lines as on
 * invoices of any amounts.
 */

const few = fc.oneof(fc.nat(4), fc.nat(40), fc.nat(400)).map(String);

const crowdedCharge = fc
  .tuple(fc.boolean(), fc.constantFrom('0.4', '0.5', '1', '2'), fc.option(fc.nat(20)))
  .map(([grouped, unit_amount, least]) => ({
    grouped,
    terms: {
      key: 'c',
      meter: 'm',
      price: { model: 'per_unit', unit_amount },
      ...(least !== null && { minimum_amount: String(least) }),
      ...(grouped && { group_by: ['region'] }),
    },
  }));

const crowdedCoupon = fc.tuple(
  fc.oneof(
    fc.constantFrom('10', '33.3', '50', '100').map((each) => ({ percent: each, amount: null })),
    fc.integer({ min: 1, max: 20 }).map((amount) => ({ percent: null, amount: String(amount) })),
  ),
  fc.constantFrom<(string[] | null)[]>(null, ['c0', 'fee'], ['fee', 'c1']),
);

export const crowdedTerms: fc.Arbitrary<Terms> = fc.record({
  charges: fc.array(crowdedCharge, { minLength: 1, maxLength: 3 }),
  fee: fc.integer({ min: 1, max: 30 }).map(String),
  commitment: fc.option(fc.nat(60).map(String)),
  code: fc.constant('JPY'),
  surroundings: fc
    .tuple(
      fc.array(crowdedCoupon, { maxLength: 2 }),
      fc.uniqueArray(fc.constantFrom('5', '7', '19', '8.375', '33'), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
    )
    .map((parts) => settlementOf(...parts)),
});

const fewUsed = fc.uniqueArray(fc.tuple(fc.constantFrom('eu', 'us', 'asia'), few), { selector: ([region]) => region });
export const crowdedHistory = fc.array(fc.tuple(fewUsed, fewUsed, fewUsed), {
  minLength: 2,
  maxLength: 5,
}) as fc.Arbitrary<Used[]>;

/** The same with lines entered by hand on the first invoice, which falls due by `key`. Amounts in the smallest unit of JPY. */
export const withManualLines = (
  terms_: Terms,
  dueOn: Pick<DraftKey, 'dueOn' | 'timeZone'>,
  amounts: readonly number[],
) => ({
  ...terms_,
  surroundings: {
    ...terms_.surroundings,
    storedDrafts: new Map([
      [
        draftKeyText({ ...dueOn, currency: terms_.code }),
        {
          id: '019a0000-0000-7000-8000-000000000009',
          version: 1,
          paymentTermsDays: null,
          discounts: [],
          lines: amounts.map((amount, index) => ({
            id: `019a0000-0000-7000-8000-00000000010${index}`,
            description: `By hand ${index}`,
            quantity: '1',
            unit_amount: String(amount),
          })),
        },
      ],
    ]),
  },
});
