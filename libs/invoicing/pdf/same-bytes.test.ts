import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { EXAMPLE_HASH, exampleDocument, realisticInvoice } from '#tests/support/example-documents.ts';
import type { InvoiceDocument } from '../document.ts';
import { RENDERER_VERSION, renderInvoicePdf } from './render-invoice-pdf.ts';

const render = (document: InvoiceDocument) => renderInvoicePdf(document, { hash: EXAMPLE_HASH });
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

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
      2,
      '05eeb2d8eb28554881d56aa6f8401616f9d1a7482322df35edb70358d6e9853b',
    ]);
  });
});
