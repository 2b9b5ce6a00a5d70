import { createHash } from 'node:crypto';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { RENDERER_VERSION } from '../pdf/render-invoice-pdf.ts';
import type { Render } from '../pdf/render-pool.ts';
import { deletePageToDraw } from '../store/delete-page-to-draw.ts';
import { insertInvoicePdf } from '../store/insert-invoice-pdf.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { type StoredPdf, selectInvoicePdf } from '../store/select-invoice-pdf.ts';

/**
 * Draws the page of a document and stores it; answers with the newest one that is stored then. Rendering holds no connection; of two that
 * render at once the first one's bytes are kept and both answer with them.
 */
export async function drawAndKeep(
  pool: Pool,
  organizationId: number,
  { id, document, hash }: Pick<StoredInvoice, 'id' | 'document' | 'hash'>,
  render: Render,
): Promise<StoredPdf> {
  const drawn = await render(document, { hash: hash.toString('hex') });
  const bytes = Buffer.from(drawn.buffer, drawn.byteOffset, drawn.byteLength);
  const sha256 = createHash('sha256').update(bytes).digest();
  return inOrganization(pool, organizationId, async (tx) => {
    await insertInvoicePdf(tx, organizationId, id, { bytes, sha256, rendererVersion: RENDERER_VERSION });
    await deletePageToDraw(tx, organizationId, id);
    return (await selectInvoicePdf(tx, organizationId, id)) as StoredPdf;
  });
}
