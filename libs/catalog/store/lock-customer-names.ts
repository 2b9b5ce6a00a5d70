import type { Transaction } from '#libs/database/transaction.ts';

/** Until commit nobody else gives a name, key or alias, to a customer of the organization: no name can come to mean two of them. */
export async function lockCustomerNames(tx: Transaction, organizationId: number): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('tollbook:customer_names ' || $1, 0))", [
    String(organizationId),
  ]);
}
