import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { EXAMPLE_HASH, exampleDocument, realisticInvoice } from '#tests/support/example-documents.ts';
import { examplePages } from '#tests/support/example-pages.ts';
import type { InvoiceDocument } from '../documents/document.ts';
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

  test.each([
    ['Pacific/Kiritimati', 'ar_EG.UTF-8', ['invoice', 'invoice-joined-scripts', 'invoice-scripts', 'credit-note']],
    ['America/Los_Angeles', 'de_DE.UTF-8', ['invoice-scripts', 'credit-note', 'invoice', 'invoice-joined-scripts']],
    ['UTC', 'C', ['credit-note', 'invoice']],
  ])('in a process in %s with the locale %s, drawn in another order', async (zone, locale, names) => {
    const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    const script = `
      const { renderInvoicePdf } = await import(${at('./render-invoice-pdf.ts')});
      const { examplePages } = await import(${at('../../../tests/support/example-pages.ts')});
      const { createHash } = await import('node:crypto');
      for (const name of ${JSON.stringify(names)}) {
        const bytes = await renderInvoicePdf(examplePages[name](), { hash: '${EXAMPLE_HASH}' });
        console.log(createHash('sha256').update(bytes).digest('hex'));
      }`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--input-type=module', '-e', script],
      { env: { ...process.env, TZ: zone, LANG: locale, LC_ALL: locale, NODE_OPTIONS: '' } },
    );
    const expected: string[] = [];
    for (const name of names) expected.push(sha256(await render(examplePages[name]?.() as InvoiceDocument)));
    expect(stdout.trim().split('\n')).toEqual(expected);
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
      4,
      '191ff534e623bebb07ebfd393bd9fa88f3420acd6f3947fe2a67062917485a24',
    ]);
  });
});
