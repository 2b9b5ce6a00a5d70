import type { Transaction } from '#libs/database/transaction.ts';

/** One at a time takes of a customer's discounts: whoever makes documents of it holds this from the look at their uses to the commit. */
export async function lockDiscountUses(
  tx: Transaction,
  organizationId: number,
  customerIds: readonly string[],
): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('tollbook:discount_uses:' || $1::text || ':' || c.id::text, 0))
       FROM (SELECT id FROM unnest($2::uuid[]) AS u (id) ORDER BY id) AS c`,
    [organizationId, [...new Set(customerIds)].sort()],
  );
}
