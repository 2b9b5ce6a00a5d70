import type { Transaction } from '#libs/database/transaction.ts';

/** Versions of plans by whose prices something of these subscriptions was issued anew. */
export async function selectPricingPlanIds(
  tx: Transaction,
  organizationId: number,
  subscriptionIds: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT DISTINCT priced_by AS id FROM billed_units
      WHERE organization_id = $1 AND subscription_id = ANY($2::uuid[]) AND priced_by IS NOT NULL`,
    [organizationId, subscriptionIds],
  );
  return rows.map(({ id }) => id);
}
