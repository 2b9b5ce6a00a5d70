import type { Transaction } from '#libs/database/transaction.ts';

/** Removes what documents, pages, dry runs and outbox entries tell of a customer that was erased in this transaction. */
export async function eraseTraces(tx: Transaction, organizationId: number, customerId: string): Promise<void> {
  await tx.query('SELECT erase_traces($1, $2)', [organizationId, customerId]);
}
