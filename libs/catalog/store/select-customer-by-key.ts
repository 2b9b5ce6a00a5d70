import type { Transaction } from '#libs/database/transaction.ts';
import type { Customer } from '../customer-schema.ts';
import { CUSTOMER_COLUMNS } from './customer-columns.ts';

/** Locked against others who change it or its subscriptions, when `forUpdate`. */
export async function selectCustomerByKey(
  tx: Transaction,
  organizationId: number,
  key: string,
  forUpdate = false,
): Promise<Customer | null> {
  const { rows } = await tx.query<Customer>(
    `SELECT ${CUSTOMER_COLUMNS} FROM customers WHERE organization_id = $1 AND key = $2 ${forUpdate ? 'FOR NO KEY UPDATE' : ''}`,
    [organizationId, key],
  );
  return rows[0] ?? null;
}
