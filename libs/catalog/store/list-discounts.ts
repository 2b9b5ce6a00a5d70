import type { Transaction } from '#libs/database/transaction.ts';
import type { CustomerDiscount } from '../discount-schema.ts';
import { DISCOUNT_SELECT } from './discount-select.ts';

/** Discounts of a customer in their order, ended ones too, behind a position (0: from the first). */
export async function listDiscounts(
  tx: Transaction,
  organizationId: number,
  customerId: string,
  afterPosition: number,
  limit: number,
): Promise<CustomerDiscount[]> {
  const { rows } = await tx.query<CustomerDiscount>(
    `${DISCOUNT_SELECT} WHERE d.organization_id = $1 AND d.customer_id = $2 AND d.position > $3 ORDER BY d.position LIMIT $4`,
    [organizationId, customerId, afterPosition, limit],
  );
  return rows;
}
