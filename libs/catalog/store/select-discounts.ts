import type { Transaction } from '#libs/database/transaction.ts';
import type { CustomerDiscount } from '../discount-schema.ts';
import { DISCOUNT_SELECT } from './discount-select.ts';

/** All discounts of customers in their order, ended ones too. */
export async function selectDiscounts(
  tx: Transaction,
  organizationId: number,
  customerIds: readonly string[],
): Promise<CustomerDiscount[]> {
  const { rows } = await tx.query<CustomerDiscount>(
    `${DISCOUNT_SELECT} WHERE d.organization_id = $1 AND d.customer_id = ANY($2::uuid[]) ORDER BY d.customer_id, d.position`,
    [organizationId, customerIds],
  );
  return rows;
}
