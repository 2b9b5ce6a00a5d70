import type { Transaction } from '#libs/database/transaction.ts';
import { BILLING_RUN_COLUMNS, type BillingRun } from './billing-run-row.ts';

/** Runs of an organization, newest first; `after` is the last id of the page before. */
export async function selectBillingRuns(
  tx: Transaction,
  organizationId: number,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<BillingRun[]> {
  const { rows } = await tx.query<BillingRun>(
    `SELECT ${BILLING_RUN_COLUMNS}
       FROM billing_runs
      WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
      ORDER BY id DESC LIMIT $3`,
    [organizationId, page.after ?? null, page.limit],
  );
  return rows;
}
