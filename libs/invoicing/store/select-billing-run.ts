import type { Transaction } from '#libs/database/transaction.ts';
import { BILLING_RUN_COLUMNS, type BillingRun } from './billing-run-row.ts';

/** One run, or null. */
export async function selectBillingRun(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<BillingRun | null> {
  const { rows } = await tx.query<BillingRun>(
    `SELECT ${BILLING_RUN_COLUMNS} FROM billing_runs WHERE organization_id = $1 AND id = $2`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
