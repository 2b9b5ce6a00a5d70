import type { Transaction } from '#libs/database/transaction.ts';

/** What a run made in one currency. */
export interface RunTotal {
  readonly currency: string;
  readonly invoices: number;
  readonly total: string;
  readonly creditNotes: number;
  /** On credit notes, not negative. */
  readonly credited: string;
}

/** Adds to what a run made; the caller holds the run's row. */
export async function upsertRunTotals(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
  totals: readonly RunTotal[],
): Promise<void> {
  if (totals.length === 0) return;
  await tx.query(
    `INSERT INTO billing_run_totals AS r (organization_id, billing_run_id, currency, invoices, total, credit_notes, credited)
     SELECT $1, $2, t.* FROM unnest($3::text[], $4::integer[], $5::numeric[], $6::integer[], $7::numeric[]) AS t
     ON CONFLICT (organization_id, billing_run_id, currency) DO UPDATE
       SET invoices = r.invoices + excluded.invoices, total = r.total + excluded.total,
           credit_notes = r.credit_notes + excluded.credit_notes, credited = r.credited + excluded.credited`,
    [
      organizationId,
      billingRunId,
      totals.map(({ currency }) => currency),
      totals.map(({ invoices }) => invoices),
      totals.map(({ total }) => total),
      totals.map(({ creditNotes }) => creditNotes),
      totals.map(({ credited }) => credited),
    ],
  );
}
