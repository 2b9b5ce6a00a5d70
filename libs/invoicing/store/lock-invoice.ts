import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Makes whoever wants to void this invoice wait for whoever is doing it. An advisory lock: nobody may have the right to UPDATE
 * an invoice, which a row lock would need.
 */
export async function lockInvoice(tx: Transaction, organizationId: number, invoiceId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `tollbook:invoice:${organizationId}:${invoiceId}`,
  ]);
}
