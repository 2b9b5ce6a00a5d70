import type { Transaction } from '#libs/database/transaction.ts';
import type { Customer } from '../customer-schema.ts';
import { CUSTOMER_COLUMNS } from './customer-columns.ts';

/** Customers in the order they were made, behind `afterId` (null: from the first). */
export async function listCustomers(
  tx: Transaction,
  organizationId: number,
  afterId: string | null,
  limit: number,
): Promise<Customer[]> {
  const { rows } = await tx.query<Customer>(
    `SELECT ${CUSTOMER_COLUMNS} FROM customers WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [organizationId, afterId, limit],
  );
  return rows;
}
