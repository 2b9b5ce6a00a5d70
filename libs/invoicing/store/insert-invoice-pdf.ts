import type { Transaction } from '#libs/database/transaction.ts';
import type { StoredPdf } from './select-invoice-pdf.ts';

/** Keeps the page of a document, beside those of other versions of the renderer. Of one version whoever comes second leaves the first one's bytes. */
export async function insertInvoicePdf(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  pdf: StoredPdf,
): Promise<void> {
  await tx.query(
    `INSERT INTO invoice_pdfs (organization_id, invoice_id, renderer_version, sha256, bytes)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [organizationId, invoiceId, pdf.rendererVersion, pdf.sha256, pdf.bytes],
  );
}
