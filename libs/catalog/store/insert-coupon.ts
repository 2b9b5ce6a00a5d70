import type { Transaction } from '#libs/database/transaction.ts';
import type { Coupon } from '../coupon-schema.ts';
import { COUPON_COLUMNS } from './coupon-columns.ts';

/** Null when the key is taken. */
export async function insertCoupon(
  tx: Transaction,
  organizationId: number,
  coupon: Omit<Coupon, 'redemptions' | 'archivedAt' | 'createdAt'>,
): Promise<Coupon | null> {
  const { rows } = await tx.query<Coupon>(
    `INSERT INTO coupons (organization_id, id, key, name, percent, amount, currency, duration, periods, charges, max_redemptions, expires_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (organization_id, key) DO NOTHING RETURNING ${COUPON_COLUMNS}`,
    [
      organizationId,
      coupon.id,
      coupon.key,
      coupon.name,
      coupon.percent,
      coupon.amount,
      coupon.currency,
      coupon.duration,
      coupon.periods,
      coupon.charges,
      coupon.maxRedemptions,
      coupon.expiresOn,
    ],
  );
  return rows[0] ?? null;
}
