import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { billingDay } from './billing-day.ts';
import { taxRateFaults } from './tax-rate-faults.ts';
import { doOverlap, holdsOn, type TaxRateEntry } from './tax-rate-schema.ts';
import { MissingTaxRate, ratesOn } from './tax-terms.ts';
import { treatmentFaults } from './tax-treatment.ts';

const entry = (
  key: string,
  validFrom: string,
  validTo: string | null,
  changes: Partial<TaxRateEntry> = {},
): TaxRateEntry => ({
  id: `${key} ${validFrom}`,
  key,
  name: key.toUpperCase(),
  percent: '20',
  inclusive: false,
  charges: null,
  validFrom,
  validTo,
  createdAt: new Date(0),
  ...changes,
});

// Germany's rate of 2020: 19 %, for half a year 16 %, then 19 % again.
const VAT = [
  entry('vat', '2007-01-01', '2020-07-01', { percent: '19' }),
  entry('vat', '2020-07-01', '2021-01-01', { percent: '16' }),
  entry('vat', '2021-01-01', null, { percent: '19' }),
];
const CITY = [entry('city', '2020-01-01', '2020-12-01', { percent: '1.5', charges: ['hotel'] })];
const standard = (taxRates: readonly string[] | null) => ({ taxTreatment: 'standard' as const, taxRates });

describe('rates of a day', () => {
  test.each([
    ['2020-06-30', '19'],
    ['2020-07-01', '16'],
    ['2020-12-31', '16'],
    ['2021-01-01', '19'],
    ['2100-01-01', '19'],
  ])('on %s it is %s', (on, percent) => {
    expect(ratesOn(standard(['vat']), [], VAT, on)).toMatchObject([{ key: 'vat', percent }]);
  });

  test('the customer’s own rates stand for those of the organization, in their order', () => {
    const names = (own: readonly string[] | null) =>
      ratesOn(standard(own), ['vat'], [...VAT, ...CITY], '2020-08-01').map(({ name }) => name);
    expect(names(null)).toEqual(['VAT']);
    expect(names(['city', 'vat'])).toEqual(['CITY', 'VAT']);
    expect(names([])).toEqual([]);
  });

  test('an absent rate is an error that names all that are absent, never zero', () => {
    const ask = (on: string) => ratesOn(standard(['vat', 'city', 'gone']), [], [...VAT, ...CITY], on);
    expect(() => ask('2020-12-01')).toThrow(MissingTaxRate);
    expect(() => ask('2020-12-01')).toThrow('tax rate "city", "gone" for 2020-12-01');
    expect(() => ask('2006-12-31')).toThrow('tax rate "vat", "city", "gone" for 2006-12-31');
    expect(() => ratesOn(standard(null), ['vat'], [], '2020-01-01')).toThrow('tax rate "vat" for 2020-01-01');
  });

  test('a withdrawn entry never holds', () => {
    expect(() => ratesOn(standard(['a']), [], [entry('a', '2020-01-01', '2020-01-01')], '2020-01-01')).toThrow(
      MissingTaxRate,
    );
  });

  test.each(['reverse_charge', 'exempt', 'out_of_scope'] as const)('%s needs no rates', (taxTreatment) => {
    expect(ratesOn({ taxTreatment, taxRates: ['gone'] }, ['vat'], [], '2020-01-01')).toEqual([]);
  });
});

test.each([
  ['in_arrears', '2026-10-31'],
  ['in_advance', '2026-11-02'],
  ['once', '2026-11-02'],
] as const)('what is billed %s goes by %s', (billing, day) => {
  expect(billingDay(billing, '2026-11-01', '2026-11-02')).toBe(day);
});

test('rates on one bill exist and are all of one kind', () => {
  const entries = [entry('in', '2020-01-01', null, { inclusive: true }), ...VAT, ...CITY];
  expect(taxRateFaults(['vat', 'city'], entries)).toEqual([]);
  expect(taxRateFaults([], entries)).toEqual([]);
  expect(taxRateFaults(['gone', 'vat', 'in', 'city', 'lost'], entries)).toEqual([
    { index: 0, code: 'unknown_tax_rate', detail: 'names the tax rate "gone", which does not exist' },
    {
      index: 2,
      code: 'mixed_tax_rates',
      detail: 'cannot stand beside others: "in" is contained in the amounts, but "vat" is added to them',
    },
    { index: 4, code: 'unknown_tax_rate', detail: 'names the tax rate "lost", which does not exist' },
  ]);
});

test('two entries overlap when some day has both', () => {
  const day = fc.integer({ min: 1, max: 12 }).map((n) => `2026-01-${String(n).padStart(2, '0')}`);
  const span = fc
    .tuple(day, fc.option(day))
    .map(([from, to]) => ({ validFrom: from, validTo: to !== null && to < from ? from : to }));
  const days = Array.from({ length: 31 }, (_, n) => `2026-01-${String(n + 1).padStart(2, '0')}`);
  fc.assert(
    fc.property(span, span, (one, other) => {
      expect(doOverlap(one, other)).toBe(days.some((on) => holdsOn(one, on) && holdsOn(other, on)));
    }),
    { numRuns: 10_000 },
  );
});

test.each([
  ['standard', null, null, []],
  ['standard', 'why', null, ['tax_treatment_reason']],
  ['exempt', null, null, ['tax_treatment_reason']],
  ['exempt', 'Art. 132', null, []],
  ['out_of_scope', undefined, undefined, ['tax_treatment_reason']],
  ['reverse_charge', null, null, ['tax_treatment_reason', 'tax_id']],
  ['reverse_charge', 'Art. 196', 'DE1', []],
  ['guess', 'why', null, []],
])('treatment %s with reason %s and tax id %s', (treatment, reason, taxId, fields) => {
  expect(treatmentFaults(treatment, reason, taxId).map(({ field }) => field)).toEqual(fields);
});
