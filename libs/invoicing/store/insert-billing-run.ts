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
  /** Unless given, whatever is not asked for by the schedule. */
  readonly backdated?: boolean;
  readonly dryRun?: boolean;
  /** Ids of the only customers it is for; without them it is for all. */
  readonly customerIds?: readonly string[] | undefined;
  readonly retryOf?: string;
}

/** A run that was started by the process itself; it leaves alone what had ended before its subscription was entered. */
export const SCHEDULE = 'schedule';

/** Queues a run; the billing-run process picks it up. */
export async function insertBillingRun(tx: Transaction, run: NewBillingRun): Promise<BillingRun> {
  const { organizationId, id, customerIds } = run;
  const { rows } = await tx.query<BillingRun>(
    `INSERT INTO billing_runs (organization_id, id, ends_after, ends_until, requested_by, backdated, dry_run, chosen_only, retry_of,
                               purpose, customer_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     RETURNING ${BILLING_RUN_COLUMNS}`,
    [
      organizationId,
      id,
      run.endsAfter,
      run.endsUntil,
      run.requestedBy,
      run.backdated ?? run.requestedBy !== SCHEDULE,
      run.dryRun ?? false,
      customerIds !== undefined,
      run.retryOf ?? null,
      run.purpose ?? 'periods',
      run.customerId ?? null,
    ],
  );
  if (customerIds !== undefined)
    await tx.query(
      `INSERT INTO billing_run_customers (organization_id, billing_run_id, customer_id)
       SELECT DISTINCT $1::integer, $2::uuid, c FROM unnest($3::uuid[]) AS c`,
      [organizationId, id, customerIds],
    );
  return rows[0] as BillingRun;
}
