import type { Transaction } from '#libs/database/transaction.ts';

/** How many customers a run could not bill, by reason. */
export async function countParked(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
): Promise<{ code: string; customers: number }[]> {
  const { rows } = await tx.query<{ code: string; customers: number }>(
    `SELECT code, count(*)::integer AS customers FROM billing_run_parked
      WHERE organization_id = $1 AND billing_run_id = $2 GROUP BY code ORDER BY code`,
    [organizationId, billingRunId],
  );
  return rows;
}
