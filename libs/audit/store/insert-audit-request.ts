import type { Transaction } from '#libs/database/transaction.ts';

/** The request in whose name the transaction is, which changed no row that the audit log keeps. */
export async function insertAuditRequest(tx: Transaction, subject: string): Promise<void> {
  await tx.query('SELECT audit_request($1)', [subject]);
}
