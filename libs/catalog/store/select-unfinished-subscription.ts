import type { Transaction } from '#libs/database/transaction.ts';

/** A subscription of the customer that has not ended by `today` or of which something is still to be billed, or null. */
export async function selectUnfinishedSubscription(
  tx: Transaction,
  organizationId: number,
  customerId: string,
  today: string,
): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM subscriptions
      WHERE organization_id = $1 AND customer_id = $2 AND (ends_on IS NULL OR ends_on > $3::date OR due_from IS NOT NULL)
      ORDER BY id LIMIT 1`,
    [organizationId, customerId, today],
  );
  return rows[0]?.id ?? null;
}
