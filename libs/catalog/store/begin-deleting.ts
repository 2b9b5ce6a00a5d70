import type { Transaction } from '#libs/database/transaction.ts';

/** Takes a test organization's keys and makes aggregators pass over its records. Under the exclusive lock on the catalogue. */
export async function beginDeleting(tx: Transaction, organizationId: number): Promise<void> {
  await tx.query('SELECT begin_deleting($1)', [organizationId]);
}
