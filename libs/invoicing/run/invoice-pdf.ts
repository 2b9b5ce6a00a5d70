import { createHash } from 'node:crypto';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { RENDERER_VERSION, renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import type { Render } from '../pdf/render-pool.ts';
import { insertInvoicePdf } from '../store/insert-invoice-pdf.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { type StoredPdf, selectInvoicePdf } from '../store/select-invoice-pdf.ts';

export type { StoredPdf } from '../store/select-invoice-pdf.ts';

/**
 * The page of a document: the stored one, or made now and kept. Null when there is no such document. Rendering holds no
 * connection; of two that render at once the first one's bytes are kept and both answer with them. Where it cannot be made or kept
 * nothing is stored, and the next one who asks tries again.
 */
export async function readInvoicePdf(
  pool: Pool,
  organizationId: number,
  invoiceId: string,
  render: Render = renderInvoicePdf,
): Promise<StoredPdf | null> {
  const found = await inOrganization(pool, organizationId, async (tx) => ({
    pdf: await selectInvoicePdf(tx, organizationId, invoiceId),
    invoice: await selectInvoice(tx, organizationId, invoiceId),
  }));
  if (found.pdf !== null || found.invoice === null) return found.pdf;
  const drawn = await render(found.invoice.document, { hash: found.invoice.hash.toString('hex') });
  const bytes = Buffer.from(drawn.buffer, drawn.byteOffset, drawn.byteLength);
  const sha256 = createHash('sha256').update(bytes).digest();
  return inOrganization(pool, organizationId, async (tx) => {
    await insertInvoicePdf(tx, organizationId, invoiceId, { bytes, sha256, rendererVersion: RENDERER_VERSION });
    return selectInvoicePdf(tx, organizationId, invoiceId);
  });
}
