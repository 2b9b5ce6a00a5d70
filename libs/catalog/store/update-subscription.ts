import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Stores when a subscription ends, and that something about it is different from `changedFrom` on, so that the schedule looks at it again.
 */
export async function updateSubscription(
  tx: Transaction,
  organizationId: number,
  id: string,
  {
    endsOn,
    canceledAt,
    changedFrom,
  }: { readonly endsOn: string | null; readonly canceledAt: Date | null; readonly changedFrom: string },
): Promise<void> {
  await tx.query(
    `UPDATE subscriptions SET ends_on = $3, canceled_at = $4, due_from = least(due_from, $5::date)
      WHERE organization_id = $1 AND id = $2`,
    [organizationId, id, endsOn, canceledAt, changedFrom],
  );
}
