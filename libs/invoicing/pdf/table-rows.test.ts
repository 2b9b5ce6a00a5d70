import { describe, expect, test } from '@jest/globals';
import { type Price, priceSchema } from '#libs/pricing/price-schema.ts';
import { exampleDocument, exampleLine, flat, perUnit } from '#tests/support/example-documents.ts';
import type { DocumentLine } from '../documents/document.ts';
import { messages } from './messages.ts';
import { tableRows } from './table-rows.ts';

function rowOf(price: Price, quantity: string, days?: [number, number], currency = 'EUR') {
  const line = exampleLine(1, {
    description: 'Calls',
    price,
    quantity,
    currency,
    ...(days === undefined ? {} : { days }),
  });
  const [row] = tableRows(exampleDocument([line], { currency }), messages);
  if (row === undefined) throw new Error('no row');
  return row;
}

const tiers = (...rows: [string | null, string, string?][]): Price =>
  priceSchema.parse({
    model: 'graduated',
    tiers: rows.map(([up_to, unit_amount, flat_amount]) => ({ up_to, unit_amount, flat_amount })),
  });

describe('rows of the table', () => {
  test('a rate below a cent is shown exactly, in the row itself', () => {
    expect(rowOf(perUnit('0.002'), '1500')).toEqual({
      position: '1',
      description: 'Calls',
      detail: '1 Oct – 31 Oct 2026 · 48,211 events',
      figures: { quantity: '1,500', unitPrice: '0.002', amount: '3.00' },
      steps: [],
    });
  });

  test('late usage of a line that was not there names the document alone; its discounts have no rate', () => {
    const line: DocumentLine = {
      ...exampleLine(1, { description: 'Calls', price: perUnit('1'), quantity: '3', currency: 'EUR' }),
      kind: 'adjustment',
      adjusts: 'usage',
      of: { id: 'some', number: 'INV-7' },
      steps: [
        { rule: 'per_unit', quantity: '3', unit_amount: '1', amount: '3' },
        { rule: 'discount', quantity: '1', amount: '-0.3' },
      ],
    };
    const [row] = tableRows(exampleDocument([line], { currency: 'EUR' }), messages);
    expect(row?.detail).toMatch(/^Late usage of the period of INV-7 · /);
    expect(row?.steps.map(({ description }) => description)).toEqual(['Per unit', 'Discounts of the invoice']);
  });

  test('a fee has no events', () => {
    expect(rowOf(flat('49'), '1')).toMatchObject({
      detail: '1 Oct – 31 Oct 2026',
      figures: { quantity: '1', unitPrice: '49.00', amount: '49.00' },
    });
  });

  test('tiers are shown beneath, each with its own rate', () => {
    const row = rowOf(tiers(['100', '0.1', '20'], ['200.5', '0.05'], [null, '0.00125']), '300');
    expect(row.figures.unitPrice).toBe('');
    expect(row.steps.map((step) => [step.description, ...Object.values(step.figures)])).toEqual([
      ['Up to 100', '100', '0.10', '10.00'],
      ['Flat fee: up to 100', '', '20.00', '20.00'],
      ['Over 100, up to 200.5', '100.5', '0.05', '5.025'],
      ['Over 200.5', '99.5', '0.00125', '0.124375'],
    ]);
  });

  test('a single open tier', () => {
    expect(rowOf(tiers([null, '2']), '3').steps[0]?.description).toBe('All units');
  });

  test('a share of a fee names the days and says that its amount is cut', () => {
    expect(rowOf(flat('49'), '1', [17, 31]).steps).toEqual([
      { description: 'Flat fee', figures: { quantity: '', unitPrice: '49.00', amount: '49.00' } },
      { description: '17 of 31 days', figures: { quantity: '', unitPrice: '', amount: '≈ -22.129032' } },
    ]);
    expect(rowOf(flat('49'), '1', [15, 30]).steps[1]?.figures.amount).toBe('-24.50');
  });

  test.each([
    ['JPY', '1.5', '3', { quantity: '3', unitPrice: '1.5', amount: '5' }],
    ['KWD', '0.0125', '2', { quantity: '2', unitPrice: '0.0125', amount: '0.025' }],
  ])('digits of %s', (currency, rate, quantity, expected) => {
    expect(rowOf(perUnit(rate), quantity, undefined, currency).figures).toEqual(expected);
  });

  test('what a line is split by, what it belongs to, and nothing where it has no period', () => {
    const line = exampleLine(1, { description: 'Calls', price: perUnit('1'), quantity: '1' });
    const of = { id: 'x', number: 'INV-2026-000017', position: 3 };
    const detailOf = (changes: Partial<DocumentLine>): string => {
      const { service_from: _from, service_to: _to, evidence: _evidence, ...bare } = line;
      return tableRows(exampleDocument([{ ...bare, ...changes }]), messages)[0]?.detail ?? '?';
    };
    expect(detailOf({ group: { region: 'eu', model: null } })).toBe('region: eu · model: (none)');
    expect(detailOf({ kind: 'adjustment', of })).toBe('Late usage of INV-2026-000017, line 3');
    expect(detailOf({ of })).toBe('Line 3 of INV-2026-000017');
    expect(detailOf({ kind: 'manual' })).toBe('');
  });

  test('an amount that is no whole minor unit stops the page', () => {
    const line = { ...exampleLine(1, { description: 'Calls', price: perUnit('1'), quantity: '1' }), amount: '0.005' };
    expect(() => tableRows(exampleDocument([line]), messages)).toThrow('more digits than EUR has');
  });
});
