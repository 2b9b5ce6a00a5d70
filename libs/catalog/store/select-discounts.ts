import type { Transaction } from '#libs/database/transaction.ts';
import type { CustomerDiscount } from '../discount-schema.ts';
import { DISCOUNT_SELECT } from './discount-select.ts';

/** All discounts of a customer in their order, ended ones too. */
export async function selectDiscounts(
  tx: Transaction,
  organizationId: number,
  customerId: string,
): Promise<CustomerDiscount[]> {
  const { rows } = await tx.query<CustomerDiscount>(
    `${DISCOUNT_SELECT} WHERE d.organization_id = $1 AND d.customer_id = $2 ORDER BY d.position`,
    [organizationId, customerId],
  );
  return rows;
}
