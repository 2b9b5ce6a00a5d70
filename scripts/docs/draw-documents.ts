import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import { EXAMPLE_HASH } from '#tests/support/example-documents.ts';
import { examplePages } from '#tests/support/example-pages.ts';

/* `node scripts/docs/draw-documents.ts`: draws the invoices and the credit note of docs/images anew. Needs pdftoppm (poppler). */

const folder = await mkdtemp(path.join(tmpdir(), 'tollbook-pages-'));
try {
  for (const [name, document] of Object.entries(examplePages)) {
    const file = path.join(folder, `${name}.pdf`);
    await writeFile(file, await renderInvoicePdf(document(), { hash: EXAMPLE_HASH }));
    const picture = path.resolve('docs/images', name);
    execFileSync('pdftoppm', ['-r', '110', '-gray', '-png', '-singlefile', file, picture], { stdio: 'inherit' });
    console.log(`${picture}.png`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
