import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { formatAmount, formatQuantity, formatRate } from '#libs/money/format.ts';
import { EXAMPLE_HASH, exampleDocument, exampleLine, flat, perUnit } from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

/*
 * Law: whatever the document, each of its figures stands on its pages, in the row that it belongs to, and each line once.
 */

const name = fc.string({ unit: fc.constantFrom(...'abcdefgXYZÄßłжΩ9 -.&<(漢한'), minLength: 1, maxLength: 60 });
const quantity = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((units) => new Big(`${units}e-3`).toFixed());
const rate = fc.bigInt({ min: 1n, max: 10n ** 9n }).map((units) => new Big(`${units}e-7`).toFixed());
const percent = fc.integer({ min: 1, max: 9999 }).map((points) => new Big(`${points}e-2`).toFixed());

const documents = fc
  .record({
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    lines: fc.array(fc.record({ description: name, quantity, rate, isFee: fc.boolean() }), { maxLength: 25 }),
    taxes: fc.array(percent, { maxLength: 3 }),
    inclusive: fc.boolean(),
    discounts: fc.array(percent, { maxLength: 2 }),
    prepaid: fc.integer({ min: 0, max: 1000 }),
    notes: fc.array(name, { maxLength: 3 }),
    hasUrl: fc.boolean(),
  })
  .map(({ currency, lines, taxes, inclusive, discounts, prepaid, notes, hasUrl }) =>
    exampleDocument(
      lines.map((line, index) =>
        exampleLine(index + 1, {
          description: line.description,
          price: line.isFee ? flat(new Big(line.rate).round(currencyDigits(currency)).toFixed()) : perUnit(line.rate),
          quantity: line.isFee ? '1' : line.quantity,
          currency,
        }),
      ),
      { currency, notes, ...(hasUrl && { url: 'https://pay.example/i/1' }) },
      {
        taxRates: taxes.map((each, index) => ({ name: `Tax${index}`, percent: each, inclusive })),
        discounts: discounts.map((each, index) => ({ name: `Coupon${index}`, percent: each })),
        prepaidBalance: new Big(`${prepaid}`),
      },
    ),
  );

test('each figure stands where it belongs, each line once', async () => {
  await fc.assert(
    fc.asyncProperty(documents, async (document) => {
      const text = await pdfText(await renderInvoicePdf(document, { hash: EXAMPLE_HASH }));
      const rows = text.split(/[\n\f]/);
      for (const line of document.lines) expect(rows.filter(isRowOf(line, document))).toHaveLength(1);
      for (const [label, figure] of totalsOf(document))
        expect(rows.filter((row) => row.endsWith(`${label}\t${figure}`))).not.toHaveLength(0);
      const { length } = text.split('\f');
      expect(text.match(/Page \d+ of \d+/g)).toEqual(
        Array.from({ length }, (_, page) => `Page ${page + 1} of ${length}`),
      );
    }),
    { numRuns: 40 },
  );
});

/** Its figures may be set smaller than the rest of the row, never on another. */
const isRowOf =
  (
    { position, quantity: units, amount, steps: [step] }: InvoiceDocument['lines'][number],
    { currency }: InvoiceDocument,
  ) =>
  (row: string): boolean => {
    const figures = [
      formatQuantity(units),
      formatRate(step?.unit_amount ?? '?', currency),
      formatAmount(amount, currency),
    ];
    return row.startsWith(`${position}\t`) && row.endsWith(`\t${figures.join('\t')}`);
  };

function totalsOf(document: InvoiceDocument): [label: string, figure: string][] {
  const money = (amount: string) => formatAmount(amount, document.currency);
  return [
    ['Subtotal', money(document.subtotal)],
    ['Total', money(document.total)],
    ['Amount due', `${document.currency} ${money(document.amount_due)}`],
    ...document.taxes.map((tax): [string, string] => [
      `${tax.name} ${tax.percent} % on ${money(tax.base)}`,
      money(tax.amount),
    ]),
    ...document.discounts.map((one): [string, string] => [
      `${one.name} (${one.percent} %)`,
      money(new Big(one.taken).neg().toFixed()),
    ]),
  ];
}
