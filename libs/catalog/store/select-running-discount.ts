import type { Transaction } from '#libs/database/transaction.ts';

/** Id of the discount of a coupon that runs for a customer's subscription, or (null) for all of them; null when none does. */
export async function selectRunningDiscount(
  tx: Transaction,
  organizationId: number,
  customerId: string,
  couponId: string,
  subscriptionId: string | null,
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM discounts
      WHERE organization_id = $1 AND customer_id = $2 AND coupon_id = $3 AND subscription_id IS NOT DISTINCT FROM $4::uuid AND ends_on IS NULL`,
    [organizationId, customerId, couponId, subscriptionId],
  );
  return rows[0]?.id ?? null;
}
