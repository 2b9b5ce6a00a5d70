import type { Transaction } from '#libs/database/transaction.ts';

/** Ids of all customers whom a run could not bill. */
export async function selectParkedIds(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ customer_id: string }>(
    'SELECT customer_id FROM billing_run_parked WHERE organization_id = $1 AND billing_run_id = $2',
    [organizationId, billingRunId],
  );
  return rows.map((row) => row.customer_id);
}
