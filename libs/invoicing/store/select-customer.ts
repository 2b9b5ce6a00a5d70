import type { Transaction } from '#libs/database/transaction.ts';
import { BILLABLE_CUSTOMER_COLUMNS, type BillableCustomer } from './billable-customer.ts';

/** One customer as documents name it. */
export async function selectCustomer(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<BillableCustomer | null> {
  const { rows } = await tx.query<BillableCustomer>(
    `SELECT ${BILLABLE_CUSTOMER_COLUMNS} FROM customers c WHERE c.organization_id = $1 AND c.id = $2`,
    [organizationId, customerId],
  );
  return rows[0] ?? null;
}
