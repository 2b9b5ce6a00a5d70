import type { Transaction } from '#libs/database/transaction.ts';
import { BILLING_RUN_COLUMNS, type BillingRun } from './billing-run-row.ts';

export interface NewBillingRun {
  readonly organizationId: number;
  readonly id: string;
  readonly endsAfter: string;
  readonly endsUntil: string;
  /** Who asked for it; SCHEDULE for the process itself. */
  readonly requestedBy: string;
  /** Left out: periods. */
  readonly purpose?: BillingRun['purpose'];
  readonly customerId?: string;
}

/** A run that was started by the process itself; it leaves alone what had ended before its subscription was entered. */
export const SCHEDULE = 'schedule';

/** Queues a run; the billing-run process picks it up. */
export async function insertBillingRun(tx: Transaction, run: NewBillingRun): Promise<BillingRun> {
  const { rows } = await tx.query<BillingRun>(
    `INSERT INTO billing_runs (organization_id, id, ends_after, ends_until, requested_by, purpose, customer_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     RETURNING ${BILLING_RUN_COLUMNS}`,
    [
      run.organizationId,
      run.id,
      run.endsAfter,
      run.endsUntil,
      run.requestedBy,
      run.purpose ?? 'periods',
      run.customerId ?? null,
    ],
  );
  return rows[0] as BillingRun;
}
