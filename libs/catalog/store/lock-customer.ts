import type { Transaction } from '#libs/database/transaction.ts';

/** Until commit nothing that names this customer is inserted or changed. Behind the locks on its documents (lockInvoicesOf). */
export async function lockCustomer(tx: Transaction, organizationId: number, customerId: string): Promise<void> {
  await tx.query('SELECT FROM customers WHERE organization_id = $1 AND id = $2 FOR UPDATE', [
    organizationId,
    customerId,
  ]);
}
