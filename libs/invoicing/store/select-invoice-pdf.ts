import type { Transaction } from '#libs/database/transaction.ts';

export interface StoredPdf {
  readonly bytes: Buffer;
  readonly sha256: Buffer;
  readonly rendererVersion: number;
}

/** The stored page of a document, of the newest renderer that drew one, or null. */
export async function selectInvoicePdf(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<StoredPdf | null> {
  const { rows } = await tx.query<StoredPdf>(
    `SELECT bytes, sha256, renderer_version AS "rendererVersion"
       FROM invoice_pdfs WHERE organization_id = $1 AND invoice_id = $2
      ORDER BY renderer_version DESC LIMIT 1`,
    [organizationId, invoiceId],
  );
  return rows[0] ?? null;
}
