import type { Transaction } from '#libs/database/transaction.ts';
import type { InvoiceSums } from '../payment-state.ts';

/** What the states of these invoices' payments follow from, by id. Credit notes have none. */
export async function selectInvoiceSums(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<Map<string, InvoiceSums>> {
  const { rows } = await tx.query<InvoiceSums & { invoiceId: string }>(
    `SELECT invoice_id AS "invoiceId", amount_due AS "amountDue", paid, refunded, credited_offset AS "creditedOffset",
            due_date AS "dueDate", voided, uncollectible
       FROM invoice_sums WHERE organization_id = $1 AND invoice_id = ANY($2::uuid[])`,
    [organizationId, invoiceIds],
  );
  return new Map(rows.map(({ invoiceId, ...sums }) => [invoiceId, sums]));
}
