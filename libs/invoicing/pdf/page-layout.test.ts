import { describe, expect, test } from '@jest/globals';
import { API_CALLS, EXAMPLE_HASH, exampleDocument, exampleLine, perUnit } from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

const render = (document: InvoiceDocument) => renderInvoicePdf(document, { hash: EXAMPLE_HASH });
const textOf = async (document: InvoiceDocument) => pdfText(await render(document));

describe('many and long lines', () => {
  const long =
    'Managed observability pipeline with extended retention and cross-region replication for all subsidiaries of the group';
  const many = exampleDocument(
    Array.from({ length: 60 }, (_, index) =>
      exampleLine(index + 1, {
        description: index % 7 === 3 ? long : `Service ${index + 1}`,
        price: index % 3 === 0 ? API_CALLS : perUnit('0.015'),
        quantity: String(17_000 * (index + 1)),
      }),
    ),
  );

  test('go over pages with their heads, each line once, totals with the last line', async () => {
    const pages = (await textOf(many)).split('\f');
    expect(pages.length).toBeGreaterThan(3);
    pages.forEach((page, index) => {
      expect(page).toContain('#\tDescription\tQuantity\tUnit price (EUR)\tAmount (EUR)');
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(page).toContain(EXAMPLE_HASH);
      if (index > 0) expect(page.startsWith('Invoice INV-2026-000042\tNordwind Cloud GmbH\n')).toBe(true);
    });
    const all = pages.join('\n');
    for (let number = 1; number <= 60; number += 1) {
      const row = number % 7 === 4 ? null : new RegExp(`^${number}\tService ${number}\t`, 'gm');
      if (row !== null) expect(all.match(row)).toHaveLength(1);
    }
    expect(all.match(/^\d+\tManaged observability pipeline/gm)).toHaveLength(9);
    expect(pages.at(-1)).toMatch(/^60\tManaged observability[\s\S]*Amount due/m);
  });

  test('nothing is set outside of the page, however long names and figures are', async () => {
    const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
    const quantity = '9'.repeat(30);
    const base = exampleDocument([exampleLine(1, { description: `${long} ${word}`, price: API_CALLS, quantity })]);
    const extreme = {
      ...base,
      seller: { ...base.seller, name: `${word} ${long}` },
      buyer: { ...base.buyer, name: word.repeat(3), key: 'k'.repeat(200), tax_id: '1'.repeat(80) },
    };
    for (const document of [extreme, many]) {
      const bytes = await render(document);
      const places = [...bytes.toString('latin1').matchAll(/^1 0 0 -1 ([-\d.]+) ([-\d.]+) Tm$/gm)];
      expect(places.length).toBeGreaterThan(40);
      for (const [, x, y] of places) {
        expect(Number(x)).toBeGreaterThanOrEqual(55.9);
        expect(Number(x)).toBeLessThan(540);
        expect(Number(y)).toBeGreaterThan(50);
        expect(Number(y)).toBeLessThan(812);
      }
    }
    const text = await textOf(extreme);
    expect(text.replaceAll(/\s/g, '')).toContain(quantity.replace(/\B(?=(\d{3})+$)/g, ','));
    expect(text).toContain('k'.repeat(25));
  });

  test('a description longer than a page is broken over pages', async () => {
    const text = await textOf(
      exampleDocument([exampleLine(1, { description: `${long} `.repeat(40), price: perUnit('1'), quantity: '1' })]),
    );
    expect(text.split('\f').length).toBeGreaterThan(2);
    expect(text.replaceAll(/[\s\f]+/g, ' ').match(/Managed/g)).toHaveLength(40);
  });

  test('notes longer than a page and an address longer than a code can hold go on as text', async () => {
    const url = `https://pay.example/${'a'.repeat(400)}`;
    const notes = [`${long} `.repeat(120), 'The last note'];
    const text = await textOf(exampleDocument([], { url, notes }));
    expect(text.split('\f').length).toBeGreaterThan(2);
    expect(text.match(/Managed/g)).toHaveLength(120);
    expect(text).toContain('\nThe last note\n');
    expect(text.match(/a{20,}/g)?.join('')).toBe('a'.repeat(400));
  });
});
