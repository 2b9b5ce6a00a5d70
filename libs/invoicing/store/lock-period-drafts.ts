import type { Transaction } from '#libs/database/transaction.ts';

/** Locks the drafts of periods of these customers in the one order in which drafts are locked: customer, due date, currency, zone. */
export async function lockPeriodDrafts(
  tx: Transaction,
  organizationId: number,
  customerIds: readonly string[],
): Promise<void> {
  await tx.query(
    `SELECT FROM invoice_drafts WHERE organization_id = $1 AND customer_id = ANY($2::uuid[]) AND kind = 'period'
      ORDER BY customer_id, due_on, currency, time_zone FOR UPDATE`,
    [organizationId, customerIds],
  );
}
