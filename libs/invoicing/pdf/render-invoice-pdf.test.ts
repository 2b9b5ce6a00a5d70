import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  API_CALLS,
  EXAMPLE_HASH,
  exampleDocument,
  exampleLine,
  perUnit,
  realisticInvoice,
} from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import type { InvoiceDocument } from '../document.ts';
import { RENDERER_VERSION, renderInvoicePdf } from './render-invoice-pdf.ts';

const render = (document: InvoiceDocument) => renderInvoicePdf(document, { hash: EXAMPLE_HASH });
const textOf = async (document: InvoiceDocument) => pdfText(await render(document));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('what the page says', () => {
  test('an invoice: parties, dates, lines with their working, totals, verification code', async () => {
    expect((await textOf(realisticInvoice())).split('\n')).toEqual([
      'Invoice\tNordwind Cloud GmbH',
      'Invoice number\tINV-2026-000042',
      'Date of issue\t1 November 2026',
      'Date due\t15 November 2026',
      'Service period\t1 Oct – 31 Oct 2026 (Europe/Berlin)',
      'From\tBill to',
      'Nordwind Cloud GmbH\tŁódź Logistyka Sp. z o.o.',
      'Speicherstraße 14\tul. Piotrkowska 104',
      '20457 Hamburg\t90-926 Łódź',
      'Germany\tPoland',
      'billing@nordwind.example\tinvoices@logistyka.example',
      'Tax ID DE314159265\tTax ID PL7250015272',
      'Customer acme-logistics',
      'EUR 3,148.88 due 15 November 2026',
      'Description\tQuantity\tUnit price (EUR)\tAmount (EUR)',
      'Platform fee\t1\t249.00\t249.00',
      '1 Oct – 31 Oct 2026',
      'Priority support\t1\t65.81',
      '1 Oct – 31 Oct 2026',
      'Flat fee\t120.00\t120.00',
      '17 of 31 days\t≈ -54.193548',
      'API calls\t1,412,380\t2,520.48',
      '1 Oct – 31 Oct 2026 · 48,211 events',
      'Up to 10,000\t10,000\t0.00\t0.00',
      'Over 10,000, up to 1,000,000\t990,000\t0.002\t1,980.00',
      'Over 1,000,000\t412,380\t0.00125\t515.475',
      'Flat fee: over 1,000,000\t25.00\t25.00',
      'Object storage, gigabyte hours\t8,412,650.375\t0.00003425\t288.13',
      '1 Oct – 31 Oct 2026 · 48,211 events',
      'Egress, gigabytes\t318.25\t0.08\t25.46',
      '1 Oct – 31 Oct 2026 · 48,211 events',
      'Subtotal\t3,148.88',
      'Tax\t0.00',
      'Total\t3,148.88',
      'Amount due\tEUR 3,148.88',
      'Please pay EUR 3,148.88 by 15 November 2026, naming the invoice number.',
      `INV-2026-000042 · Verification code ${EXAMPLE_HASH}\tPage 1 of 1`,
    ]);
  });

  test('a credit note names what it corrects and why, and asks for nothing', async () => {
    const line = exampleLine(1, { description: 'API calls', price: perUnit('0.002'), quantity: '1500' });
    const credited = exampleDocument([{ ...line, amount: '-3' }], {
      kind: 'credit_note',
      number: 'CN-2026-000003',
      corrects: { id: 'x', number: 'INV-2026-000042', reason: 'Staging was billed' },
    });
    const text = await textOf(credited);
    expect(text).toContain('Credit note\tNordwind Cloud GmbH\nCredit note number\tCN-2026-000003');
    expect(text).toContain('Corrects invoice\tINV-2026-000042\nReason\tStaging was billed');
    expect(text).toContain('EUR 3.00 credited');
    expect(text).toContain('API calls\t1,500\t0.002\t-3.00');
    expect(text).toContain('Total\t-3.00\nAmount credited\tEUR 3.00');
    expect(text).toContain('This amount is credited against invoice INV-2026-000042. No payment is due.');
    expect(text).not.toContain('Date due');
    expect(text).not.toContain('Please pay');
  });

  test('a reissued invoice names the one it stands for', async () => {
    const text = await textOf(realisticInvoice({ replaces: { id: 'x', number: 'INV-2026-000017' } }));
    expect(text).toContain('Replaces invoice\tINV-2026-000017');
    expect(text).toContain('This invoice stands in place of INV-2026-000017, which has been voided.');
  });

  test.each([
    ['JPY', '1.5', '1,234,567\t1.5\t1,851,851', 'JPY 1,851,851 due 15 November 2026'],
    ['KWD', '0.0125', '1,234,567\t0.0125\t15,432.088', 'KWD 15,432.088 due 15 November 2026'],
  ])('digits of %s', async (currency, rate, row, headline) => {
    const line = exampleLine(1, { description: 'Calls', price: perUnit(rate), quantity: '1234567', currency });
    const text = await textOf(exampleDocument([line], { currency }));
    expect(text).toContain(`Calls\t${row}`);
    expect(text).toContain(headline);
  });

  test('nothing to pay', async () => {
    const text = await textOf(exampleDocument([]));
    expect(text).toContain('EUR 0.00, nothing to pay');
    expect(text).toContain('Nothing was charged in this period.');
    expect(text).toContain('No payment is due.');
  });

  test('Greek, Cyrillic and extended Latin can be read and copied', async () => {
    const name = 'Ἀθῆναι Київ Đặng Škoda Ğökçe Ħal Łódź';
    const base = exampleDocument([]);
    expect(await textOf({ ...base, buyer: { ...base.buyer, name } })).toContain(name);
  });
});

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
      expect(page).toContain('Description\tQuantity\tUnit price (EUR)\tAmount (EUR)');
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(page).toContain(EXAMPLE_HASH);
      if (index > 0) expect(page.startsWith('Invoice INV-2026-000042\tNordwind Cloud GmbH\n')).toBe(true);
    });
    const all = pages.join('\n');
    for (let number = 1; number <= 60; number += 1) {
      const row = number % 7 === 4 ? null : new RegExp(`^Service ${number}\t`, 'gm');
      if (row !== null) expect(all.match(row)).toHaveLength(1);
    }
    expect(all.match(/^Managed observability pipeline/gm)).toHaveLength(9);
    expect(pages.at(-1)).toMatch(/^Managed observability[\s\S]*Amount due/m);
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
      const places = [...bytes.toString('latin1').matchAll(/^1 0 0 1 ([-\d.]+) ([-\d.]+) Tm$/gm)];
      expect(places.length).toBeGreaterThan(40);
      for (const [, x, y] of places) {
        expect(Number(x)).toBeGreaterThanOrEqual(55.9);
        expect(Number(x)).toBeLessThan(540);
        expect(Number(y)).toBeGreaterThan(30);
        expect(Number(y)).toBeLessThan(790);
      }
    }
    const text = await textOf(extreme);
    expect(text.replaceAll(/\s/g, '')).toContain(quantity.replace(/\B(?=(\d{3})+$)/g, ','));
    expect(text).toContain('k'.repeat(30));
  });

  test('a description longer than a page is broken over pages', async () => {
    const text = await textOf(
      exampleDocument([exampleLine(1, { description: `${long} `.repeat(40), price: perUnit('1'), quantity: '1' })]),
    );
    expect(text.split('\f').length).toBeGreaterThan(2);
    expect(text.replaceAll(/[\s\f]+/g, ' ').match(/Managed/g)).toHaveLength(40);
  });
});

describe('the same document gives the same bytes', () => {
  test('twice, at once, and after other documents that use other letters', async () => {
    const first = await render(realisticInvoice());
    const other = exampleDocument([], { number: 'Ω\u2126\u00a0\u2010-', currency: 'JPY' });
    const [again] = await Promise.all([render(realisticInvoice()), render(other)]);
    expect(sha256(again ?? Buffer.alloc(0))).toBe(sha256(first));
    expect(sha256(await render(realisticInvoice()))).toBe(sha256(first));
  });

  test('in processes with other time zones and locales', async () => {
    const script = `
      const { renderInvoicePdf } = await import(${JSON.stringify(new URL('./render-invoice-pdf.ts', import.meta.url).href)});
      const { realisticInvoice, EXAMPLE_HASH } = await import(${JSON.stringify(new URL('../../../tests/support/example-documents.ts', import.meta.url).href)});
      process.stdout.write(await renderInvoicePdf(realisticInvoice(), { hash: EXAMPLE_HASH }));`;
    const expected = sha256(await render(realisticInvoice()));
    for (const [zone, locale] of [
      ['Pacific/Kiritimati', 'ar_EG.UTF-8'],
      ['America/Los_Angeles', 'de_DE.UTF-8'],
      ['UTC', 'C'],
    ]) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--no-warnings', '--input-type=module', '-e', script],
        {
          env: { ...process.env, TZ: zone, LANG: locale, LC_ALL: locale, NODE_OPTIONS: '' },
          encoding: 'buffer',
          maxBuffer: 10_000_000,
        },
      );
      expect(sha256(stdout)).toBe(expected);
    }
  });

  test('carries the issue date and no other clock', async () => {
    const text = (await render(realisticInvoice())).toString('latin1');
    expect(new Set(text.match(/D:\d{14}Z|\d{4}-\d{2}-\d{2}T[\d:.]+Z/g))).toEqual(
      new Set(['D:20261101000000Z', '2026-11-01T00:00:00Z']),
    );
  });

  test('and its metadata stay well formed XML, whatever the number looks like', async () => {
    const text = (await render(exampleDocument([], { number: 'A&B<1>' }))).toString('latin1');
    expect(text.match(/<rdf:li xml:lang="x-default">([^<]*)<\/rdf:li>/)?.[1]).toBe('Invoice A B 1 ');
  });

  test('for as long as the renderer keeps its version: raise RENDERER_VERSION and replace the hash when the page changes', async () => {
    expect([RENDERER_VERSION, sha256(await render(realisticInvoice()))]).toEqual([
      1,
      'ebac869519a03d39ced9e4deb7fc18b59734676d958d0ac8028076e797e7f04b',
    ]);
  });
});

test('a verification code that is no hash is refused', async () => {
  await expect(renderInvoicePdf(exampleDocument([]), { hash: 'pending' })).rejects.toThrow(
    'the verification code of INV-2026-000042 must be a hash in hex, not "pending"',
  );
});
