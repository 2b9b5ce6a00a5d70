import type { Transaction } from '#libs/database/transaction.ts';

/** Deletes all rows of a test organization in all tables, itself at last. In a transaction behind that of beginDeleting. */
export async function deleteTestOrganization(tx: Transaction, organizationId: number): Promise<void> {
  await tx.query('SELECT delete_test_organization($1)', [organizationId]);
}
