import type { Transaction } from '#libs/database/transaction.ts';
import type { RunTotal } from './upsert-run-totals.ts';

/** What a run made so far, by currency. */
export async function selectRunTotals(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
): Promise<RunTotal[]> {
  const { rows } = await tx.query<RunTotal>(
    `SELECT currency, invoices, total::text AS total, credit_notes AS "creditNotes", credited::text AS credited
       FROM billing_run_totals WHERE organization_id = $1 AND billing_run_id = $2 ORDER BY currency`,
    [organizationId, billingRunId],
  );
  return rows;
}
