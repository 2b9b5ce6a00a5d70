import type { Transaction } from '#libs/database/transaction.ts';
import { INVOICE_FROM, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-row.ts';

/** One document with what became of it, or null. */
export async function selectInvoice(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<StoredInvoice | null> {
  const { rows } = await tx.query<InvoiceRow>(`${INVOICE_FROM} WHERE i.organization_id = $1 AND i.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0] ? toStoredInvoice(rows[0]) : null;
}
