import type { Transaction } from '#libs/database/transaction.ts';
import { SUBSCRIPTION_SELECT, type SubscriptionRow } from './subscription-select.ts';

/** Subscriptions in the order they were made, of one customer or (null) all, behind `afterId` (null: from the first). */
export async function listSubscriptions(
  tx: Transaction,
  organizationId: number,
  customerKey: string | null,
  afterId: string | null,
  limit: number,
): Promise<SubscriptionRow[]> {
  const { rows } = await tx.query<SubscriptionRow>(
    `${SUBSCRIPTION_SELECT}
      WHERE s.organization_id = $1 AND ($2::text IS NULL OR c.key = $2) AND ($3::uuid IS NULL OR s.id > $3)
      ORDER BY s.id LIMIT $4`,
    [organizationId, customerKey, afterId, limit],
  );
  return rows;
}
