import type { Transaction } from '#libs/database/transaction.ts';

/** Moves a locked run on. */
export async function updateRunProgress(
  tx: Transaction,
  organizationId: number,
  id: string,
  progress: {
    readonly cursor: string | null;
    /** How many lie before the cursor now and did not before. */
    readonly customersPassed: number;
    readonly customersDone: number;
    readonly invoicesCreated: number;
    readonly invoicesSkipped: number;
  },
): Promise<void> {
  await tx.query(
    `UPDATE billing_runs
        SET cursor = $3, customers_done = customers_done + $4, invoices_created = invoices_created + $5,
            invoices_skipped = invoices_skipped + $6, customers_left = greatest(0, customers_left - $7)
      WHERE organization_id = $1 AND id = $2`,
    [
      organizationId,
      id,
      progress.cursor,
      progress.customersDone,
      progress.invoicesCreated,
      progress.invoicesSkipped,
      progress.customersPassed,
    ],
  );
}
