import type { Transaction } from '#libs/database/transaction.ts';
import type { BillableCustomer } from './select-billable-customers.ts';

/** One customer as documents name it. */
export async function selectCustomer(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<BillableCustomer | null> {
  const { rows } = await tx.query<BillableCustomer>(
    `SELECT id, key, name, email, address_lines AS "addressLines", tax_id AS "taxId",
            ARRAY(SELECT alias FROM customer_aliases a
                   WHERE a.organization_id = c.organization_id AND a.customer_key = c.key ORDER BY alias) AS aliases
       FROM customers c WHERE organization_id = $1 AND id = $2`,
    [organizationId, customerId],
  );
  return rows[0] ?? null;
}
