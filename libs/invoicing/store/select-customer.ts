import type { Transaction } from '#libs/database/transaction.ts';
import type { BillableCustomer } from './select-billable-customers.ts';

/** One customer as documents name it. */
export async function selectCustomer(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<BillableCustomer | null> {
  const { rows } = await tx.query<BillableCustomer>(
    `SELECT id, key, name, email, address_lines AS "addressLines", tax_id AS "taxId"
       FROM customers WHERE organization_id = $1 AND id = $2`,
    [organizationId, customerId],
  );
  return rows[0] ?? null;
}
