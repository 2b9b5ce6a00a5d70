import type { Transaction } from '#libs/database/transaction.ts';
import type { Coupon } from '../coupon-schema.ts';
import { COUPON_COLUMNS } from './coupon-columns.ts';

export async function selectCoupon(tx: Transaction, organizationId: number, key: string): Promise<Coupon | null> {
  const { rows } = await tx.query<Coupon>(
    `SELECT ${COUPON_COLUMNS} FROM coupons WHERE organization_id = $1 AND key = $2`,
    [organizationId, key],
  );
  return rows[0] ?? null;
}
