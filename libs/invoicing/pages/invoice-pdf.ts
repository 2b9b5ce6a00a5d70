import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import type { Render } from '../pdf/render-pool.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { type StoredPdf, selectInvoicePdf } from '../store/select-invoice-pdf.ts';
import { drawAndKeep } from './draw-and-keep.ts';

export type { StoredPdf } from '../store/select-invoice-pdf.ts';

/**
 * The page of a document: the stored one, of the newest renderer if there are several, or made now and kept. Null when there is no such
 * document. Where it cannot be made or kept nothing is stored, and the next one who asks tries again.
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
  return drawAndKeep(pool, organizationId, found.invoice, render);
}
