import type { Transaction } from '#libs/database/transaction.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/** Invoices with the credit notes that stand on them, oldest first. */
export async function selectCreditedInvoices(
  tx: Transaction,
  organizationId: number,
  ids: readonly string[],
): Promise<Map<string, CreditedInvoice>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ id: string; invoice: InvoiceDocument; notes: InvoiceDocument[] }>(
    `SELECT i.id, i.document AS invoice,
            (SELECT coalesce(jsonb_agg(n.document ORDER BY n.issue_date, n.series_number), '[]') FROM invoices n
              WHERE n.organization_id = i.organization_id AND n.corrects_id = i.id) AS notes
       FROM invoices i WHERE i.organization_id = $1 AND i.id = ANY($2::uuid[])`,
    [organizationId, ids],
  );
  return new Map(rows.map(({ id, ...found }) => [id, found]));
}
