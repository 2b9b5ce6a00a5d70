import type { Transaction } from '#libs/database/transaction.ts';
import { SUBSCRIPTION_SELECT, type SubscriptionRow } from './subscription-select.ts';

export async function selectSubscription(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<SubscriptionRow | null> {
  const { rows } = await tx.query<SubscriptionRow>(
    `${SUBSCRIPTION_SELECT} WHERE s.organization_id = $1 AND s.id = $2`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
