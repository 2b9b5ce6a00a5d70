import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { RENDERER_VERSION, renderInvoicePdf } from '../pdf/render-invoice-pdf.ts';
import type { Render } from '../pdf/render-pool.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { type StoredPdf, selectInvoicePdf } from '../store/select-invoice-pdf.ts';
import { drawAndKeep } from './draw-and-keep.ts';

export interface RenderedAgain {
  readonly invoice: StoredInvoice;
  /** The newest page. */
  readonly pdf: StoredPdf;
  /** Whether one was stored that was not there before. */
  readonly isNew: boolean;
}

/**
 * The page of an invoice or credit note as this version of the renderer draws it: made where it is missing, and stored beside what an older
 * version drew. One of the same or a newer version stays as it is. Null: there is no such document. @throws RenderFailed: nothing was stored
 */
export async function renderAgain(
  pool: Pool,
  organizationId: number,
  id: string,
  render: Render = renderInvoicePdf,
): Promise<RenderedAgain | null> {
  const { invoice, pdf } = await inOrganization(pool, organizationId, async (tx) => ({
    invoice: await selectInvoice(tx, organizationId, id),
    pdf: await selectInvoicePdf(tx, organizationId, id),
  }));
  if (invoice === null) return null;
  if (pdf !== null && pdf.rendererVersion >= RENDERER_VERSION) return { invoice, pdf, isNew: false };
  return { invoice, pdf: await drawAndKeep(pool, organizationId, invoice, render), isNew: true };
}
