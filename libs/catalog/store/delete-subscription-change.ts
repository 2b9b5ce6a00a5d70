import type { Transaction } from '#libs/database/transaction.ts';

/** Takes away a change that has not taken effect. */
export async function deleteSubscriptionChange(
  tx: Transaction,
  organizationId: number,
  subscriptionId: string,
  id: string,
): Promise<void> {
  await tx.query('DELETE FROM subscription_changes WHERE organization_id = $1 AND subscription_id = $2 AND id = $3', [
    organizationId,
    subscriptionId,
    id,
  ]);
}
