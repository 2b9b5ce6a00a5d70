import { describe, expect, test } from '@jest/globals';
import { Big } from '#libs/money/decimal.ts';
import type { Terms } from '#libs/pricing/totals/settle.ts';
import { exampleDocument, exampleLine, flat } from '#tests/support/example-documents.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { messages } from './messages.ts';
import { totalRows } from './total-rows.ts';

const line = exampleLine(1, { description: 'Fee', price: flat('100'), quantity: '1' });
const rowsOf = (terms: Partial<Terms>, changes: Partial<InvoiceDocument> = {}) =>
  totalRows({ document: exampleDocument([line], changes, terms), messages }).map(({ label, value }) => [label, value]);

describe('rows of the totals', () => {
  test('nothing but a sum', () => {
    expect(rowsOf({})).toEqual([
      ['Subtotal', '100.00'],
      ['Tax', '0.00'],
      ['Total', '100.00'],
      ['Amount due', 'EUR 100.00'],
    ]);
  });

  test('each discount with what it took, each tax with its base, what was paid already', () => {
    const terms = {
      discounts: [
        { name: 'Partner', percent: '10' },
        { name: 'Goodwill', amount: '5' },
      ],
      taxRates: [
        { name: 'VAT', percent: '19', inclusive: false },
        { name: 'City', percent: '1.5', inclusive: false },
      ],
      prepaidBalance: new Big('30'),
    };
    expect(rowsOf(terms, { credit_applied: '2.43', amount_due: '70.00' })).toEqual([
      ['Subtotal', '100.00'],
      ['Partner (10 %)', '-10.00'],
      ['Goodwill (EUR 5.00)', '-5.00'],
      ['Total excluding tax', '85.00'],
      ['VAT 19 % on 85.00', '16.15'],
      ['City 1.5 % on 85.00', '1.28'],
      ['Total', '102.43'],
      ['Paid from credit', '-2.43'],
      ['Paid from prepaid balance', '-30.00'],
      ['Amount due', 'EUR 70.00'],
    ]);
  });

  test('a tax that the amounts contain', () => {
    expect(rowsOf({ taxRates: [{ name: 'VAT', percent: '19', inclusive: true }] })).toEqual([
      ['Subtotal', '100.00'],
      ['Total excluding tax', '84.03'],
      ['Contains VAT 19 % on 84.03', '15.97'],
      ['Total', '100.00'],
      ['Amount due', 'EUR 100.00'],
    ]);
  });

  test('a credit note says what becomes of it', () => {
    const changes: Partial<InvoiceDocument> = {
      kind: 'credit_note',
      corrects: { id: 'x', number: 'INV-2026-000042', reason: 'Twice' },
      total: '-100.00',
      settlement: { offset: '60.00', refund: '0.00', credit: '40.00' },
    };
    expect(rowsOf({}, changes).slice(-4)).toEqual([
      ['Total', '-100.00'],
      ['Amount credited', 'EUR 100.00'],
      ['Set off against INV-2026-000042', '60.00'],
      ['Kept as credit for later invoices', '40.00'],
    ]);
  });
});
