import type { Transaction } from '#libs/database/transaction.ts';
import type { Coupon } from '../coupon-schema.ts';
import { COUPON_COLUMNS } from './coupon-columns.ts';

/** Coupons in the order they were made, archived ones too, behind `afterId` (null: from the first). */
export async function listCoupons(
  tx: Transaction,
  organizationId: number,
  afterId: string | null,
  limit: number,
): Promise<Coupon[]> {
  const { rows } = await tx.query<Coupon>(
    `SELECT ${COUPON_COLUMNS} FROM coupons WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [organizationId, afterId, limit],
  );
  return rows;
}
