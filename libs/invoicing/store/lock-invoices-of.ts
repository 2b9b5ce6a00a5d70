import type { Transaction } from '#libs/database/transaction.ts';

/** The lock of lockInvoice on every document of a customer, in the order of their ids. */
export async function lockInvoicesOf(tx: Transaction, organizationId: number, customerId: string): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('tollbook:invoice:' || $1::integer || ':' || i.id, 0))
       FROM (SELECT id FROM invoices WHERE organization_id = $1 AND customer_id = $2 ORDER BY id) AS i`,
    [organizationId, customerId],
  );
}
