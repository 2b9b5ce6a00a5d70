import { createHash } from 'node:crypto';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { redactBuyer } from '../documents/redact-buyer.ts';
import { RENDERER_VERSION } from '../pdf/render-invoice-pdf.ts';
import type { Render } from '../pdf/render-pool.ts';
import { deletePageToDraw } from '../store/delete-page-to-draw.ts';
import { insertInvoicePdf } from '../store/insert-invoice-pdf.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { type StoredPdf, selectInvoicePdf } from '../store/select-invoice-pdf.ts';
import { selectIsErased } from '../store/select-is-erased.ts';

/**
 * Draws the page of a document and stores it; answers with the newest one that is stored then. Rendering holds no connection; of two that
 * render at once the first one's bytes are kept and both answer with them. Where the buyer was erased meanwhile it is drawn again without: an
 * erasure holds the lock on the document, and whoever comes behind it sees what it left.
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
  const kept = await inOrganization(pool, organizationId, async (tx) => {
    await lockInvoice(tx, organizationId, id);
    if (!('redacted' in document.buyer) && (await selectIsErased(tx, organizationId, id))) return null;
    await insertInvoicePdf(tx, organizationId, id, { bytes, sha256, rendererVersion: RENDERER_VERSION });
    await deletePageToDraw(tx, organizationId, id);
    return (await selectInvoicePdf(tx, organizationId, id)) as StoredPdf;
  });
  if (kept !== null) return kept;
  const redacted = { id, hash, document: { ...document, buyer: redactBuyer(document.buyer) } };
  return drawAndKeep(pool, organizationId, redacted, render);
}
