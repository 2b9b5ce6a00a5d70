import type { Transaction } from '#libs/database/transaction.ts';

/** Until commit nobody else applies, renames or archives the coupon. To be read by a later statement: this one counts as of before the wait. */
export async function lockCoupon(tx: Transaction, organizationId: number, key: string): Promise<void> {
  await tx.query('SELECT 1 FROM coupons WHERE organization_id = $1 AND key = $2 FOR NO KEY UPDATE', [
    organizationId,
    key,
  ]);
}
