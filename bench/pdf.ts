import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import PDFDocument from 'pdfkit';
import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { readFont } from '#libs/invoicing/pdf/fonts/load-font.ts';
import { TYPEFACES } from '#libs/invoicing/pdf/fonts/typefaces.ts';
import { renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import { createRenderPool } from '#libs/invoicing/pdf/render-pool.ts';
import { EXAMPLE_HASH, realisticInvoice } from '#tests/support/example-documents.ts';
import { pdfText } from '#tests/support/pdf-text.ts';
import { writeReport } from './report.ts';
import { medians, round } from './statistics.ts';

/*
 * `npm run bench:pdf`: pages of invoices per second: by the pool of threads, as a run makes them; by one thread; and by pdfkit alone, which
 * sets the same texts in the same fonts (parsed once, embedded as a subset) on an empty page. Needs no services. Exit code 1 if a page of
 * the pool is another than that of this thread.
 */

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const rounds = flags.quick ? 2 : 7;
const count = flags.quick ? 60 : 300;
const threads = Math.min(2, availableParallelism());

const NAMES = ['Łódź Logistyka', 'Müller & Söhne', 'Acme Analytics', 'Société Générale de Données', 'Ångström Systems'];

/** No two alike: names, numbers and addresses differ as those of customers do. */
const documents: readonly InvoiceDocument[] = Array.from({ length: count }, (_, index) => {
  const key = (index * 7919).toString(36);
  const document = realisticInvoice({
    number: `INV-2026-${String(index + 1).padStart(6, '0')}`,
    url: `https://billing.nordwind.example/i/019a2b3c-1111-7000-8000-${String(index).padStart(12, '0')}`,
  });
  const name = `${NAMES[index % NAMES.length]} ${key.toUpperCase()} GmbH`;
  const buyer = { ...document.buyer, key, name, tax_id: `PL${725_001_5272 + index}`, email: `${key}@customer.example` };
  return { ...document, buyer };
});
const render = (document: InvoiceDocument) => renderInvoicePdf(document, { hash: EXAMPLE_HASH });

/** What stands on a page, cell by cell. */
const texts = (await pdfText(await render(documents[0] as InvoiceDocument))).split('\n').map((row) => row.split('\t'));
const [regular, semibold] = (['regular', 'semibold'] as const).map(
  (weight) => readFont(TYPEFACES.inter.package, TYPEFACES.inter[weight]) as unknown as string,
) as [string, string];

async function bare(): Promise<Buffer> {
  const pdf = new PDFDocument({ size: 'A4', margin: 0, compress: false, font: null as unknown as string });
  const chunks: Buffer[] = [];
  const ended = new Promise((resolve) => pdf.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', resolve));
  for (const [row, cells] of texts.entries()) {
    for (const [column, cell] of cells.entries()) {
      pdf.font(row % 10 === 0 ? semibold : regular, row % 10 === 0 ? 'semibold' : 'regular');
      pdf.fontSize(9).text(cell, 50 + column * 110, 40 + row * 15, { lineBreak: false });
    }
  }
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Pages in a second of CPU of this process with all its threads, and in a second. */
async function rate(work: () => Promise<unknown>): Promise<{ byCpu: number; byClock: number }> {
  const [cost, start] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cost);
  return { byCpu: count / ((user + system) / 1e6), byClock: count / ((performance.now() - start) / 1000) };
}

async function inThisThread(draw: (document: InvoiceDocument) => Promise<unknown>): Promise<void> {
  for (const document of documents) await draw(document);
}
const pool = createRenderPool({ threads, queue: count });
const inPool = () => Promise.all(documents.map((document) => pool.render(document, { hash: EXAMPLE_HASH })));

const drawn = await inPool();
for (const [index, document] of documents.entries()) {
  if (Buffer.compare(drawn[index] as Uint8Array, await render(document)) === 0) continue;
  console.error(`the page of ${document.number} is another in the pool than in this thread`);
  process.exit(1);
}
const withoutCode = ({ url: _url, ...document }: InvoiceDocument) => render(document);
await inThisThread(bare);
await inThisThread(withoutCode);

const turns: Record<string, number>[] = [];
for (let turn = 0; turn < rounds; turn += 1) {
  const pooled = await rate(inPool);
  turns.push({
    'pool, by the clock': pooled.byClock,
    'pool, of one core': pooled.byCpu,
    'one thread, of one core': (await rate(() => inThisThread(render))).byCpu,
    'without QR code, of one core': (await rate(() => inThisThread(withoutCode))).byCpu,
    'pdfkit alone, of one core': (await rate(() => inThisThread(bare))).byCpu,
  });
}
await pool.close();
const results = medians(turns);
const ratio = round((results['one thread, of one core'] as number) / (results['pdfkit alone, of one core'] as number));
const bytes = drawn.reduce((sum, page) => sum + page.length, 0) / count;
console.table(Object.fromEntries(Object.entries(results).map(([name, each]) => [name, { 'PDFs/s': each }])));
console.log(
  `${threads} threads: ${results['pool, by the clock']} PDFs/s (target: 150); of one core ${ratio} of pdfkit alone; ${Math.round(bytes)} bytes a page`,
);
await writeReport('pdf', { rounds, count, threads, target: 150, ratio, bytes: Math.round(bytes), results, raw: turns });
