import { expect, test } from '@jest/globals';
import { EXAMPLE_HASH, exampleDocument, exampleLine, perUnit } from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import { everyStep } from '#tests/support/pricing/every-step.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { type Messages, messages } from './messages.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

/** A language without a Latin letter: each text is one letter, with its values behind it. */
const FOREIGN = Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, foreign(text)])) as Messages;

function foreign(text: unknown): unknown {
  if (typeof text === 'function') return (...values: unknown[]) => `ж ${values.flat().join(' ')}`;
  if (Array.isArray(text)) return text.map(() => 'ж');
  if (typeof text === 'object') return Object.fromEntries(Object.keys(text ?? {}).map((key) => [key, 'ж']));
  return 'ж';
}

/** Documents whose own values hold no letter but the currency's. */
const line = { ...exampleLine(1, { description: '11', price: perUnit('1'), quantity: '3' }), group: { '12': null } };
const of = { id: '1', number: '13', position: 2 };
const base = exampleDocument(
  [
    { ...line, steps: everyStep() },
    { ...line, position: 2, charge_key: 'b', kind: 'adjustment', of },
  ],
  {
    number: '14',
    period: { from: '2026-10-01', to: '2026-11-01', time_zone: '+01:00' },
    seller: { name: '15', address_lines: [], tax_id: '16', bank_details: [{ label: '17', value: '18' }] },
    buyer: { salt: '5a'.repeat(32), key: '19', name: '20', address_lines: ['21'], tax_id: '22', email: '23' },
    discounts: [{ name: '24', percent: '5', lines: [1], taken: '1.00' }],
    taxes: [
      { key: 'a', name: '25', percent: '7', inclusive: false, base: '1.00', amount: '0.07' },
      { key: 'b', name: '26', percent: '8', inclusive: true, base: '1.00', amount: '0.08' },
    ],
    credit_applied: '1.00',
    prepaid_applied: '1.00',
    tax_treatment: 'exempt',
    tax_treatment_reason: '27',
    replaces: { id: '1', number: '28' },
    url: '29',
    notes: ['30'],
    exchange: {
      currency: 'EUR',
      rate: '1',
      date: '2026-10-30',
      source: '31',
      total_excluding_tax: '1.00',
      tax_total: '1.00',
      total: '1.00',
    },
  },
);
const documents: Record<string, InvoiceDocument> = {
  'an invoice with all it can have': base,
  'an invoice without lines': exampleDocument([], {
    seller: base.seller,
    buyer: base.buyer,
    number: '1',
    period: base.period as never,
  }),
  'on receipt': { ...base, payment_terms_days: 0 },
  'paid already': { ...base, amount_due: '0.00' },
  'a credit note': {
    ...base,
    kind: 'credit_note',
    corrects: { id: '1', number: '32', reason: '33' },
    settlement: { offset: '1.00', refund: '1.00', credit: '1.00' },
  },
};

test.each(Object.entries(documents))('every word of %s comes from the catalogue', async (_name, document) => {
  const text = await pdfText(await renderInvoicePdf(document, { hash: EXAMPLE_HASH, messages: FOREIGN }));
  const words = text.replaceAll(EXAMPLE_HASH, '').match(/\p{L}+/gu) ?? [];
  expect([...new Set(words)].sort()).toEqual(['EUR', 'ж']);
});

test('and English says something for each', async () => {
  const text = await pdfText(await renderInvoicePdf(base, { hash: EXAMPLE_HASH }));
  expect(text).not.toMatch(/undefined|null|NaN|\[object/);
});
