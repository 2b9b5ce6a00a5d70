import type { Transaction } from '#libs/database/transaction.ts';
import type { CustomerDiscount } from '../discount-schema.ts';
import { DISCOUNT_SELECT } from './discount-select.ts';

/** Null when the customer has no such discount. */
export async function selectDiscount(
  tx: Transaction,
  organizationId: number,
  customerId: string,
  id: string,
): Promise<CustomerDiscount | null> {
  const { rows } = await tx.query<CustomerDiscount>(
    `${DISCOUNT_SELECT} WHERE d.organization_id = $1 AND d.customer_id = $2 AND d.id = $3`,
    [organizationId, customerId, id],
  );
  return rows[0] ?? null;
}
