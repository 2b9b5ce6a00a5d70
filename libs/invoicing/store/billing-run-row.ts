/** Where the log ended when the run began: the next offset per partition, in that epoch of the log. */
export interface Barrier {
  readonly epoch: number;
  /** Epoch milliseconds by the database's clock, before the log was asked. */
  readonly notedAt: number;
  readonly offsets: Readonly<Record<string, string>>;
}

/** A billing run as the database has it. */
export interface BillingRun {
  readonly organizationId: number;
  readonly id: string;
  /** Local dates: bills the unbilled periods that end after the one and not after the other. */
  readonly endsAfter: string;
  readonly endsUntil: string;
  readonly requestedBy: string;
  /** `late`: bills no periods, but looks for newer usage of services that ended between these dates (UTC). */
  readonly purpose: 'periods' | 'late';
  /** Of a look for late usage: of this customer alone; null: of all who have nothing due soon. */
  readonly customerId: string | null;
  /** Also bills what had ended before its subscription was entered. */
  readonly backdated: boolean;
  /** Does all but finalize. */
  readonly dryRun: boolean;
  /** Bills only customers that were chosen, see billing_run_customers. */
  readonly chosenOnly: boolean;
  /** The run whose parked customers it tries again. */
  readonly retryOf: string | null;
  readonly state: 'queued' | 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly stateReason: string | null;
  readonly barrier: Barrier | null;
  readonly cursor: string | null;
  /** Behind the cursor; some of them may turn out to have nothing due. */
  readonly customersLeft: number;
  /** Done and left; exact at the end. */
  readonly customersDue: number;
  readonly customersDone: number;
  readonly invoicesCreated: number;
  /** Documents that were not made, since all their lines were zero. */
  readonly invoicesSkipped: number;
  /** Since when a process bills without a break, and how many customers were left and invoices made then. */
  readonly workingSince: Date | null;
  readonly leftBefore: number;
  readonly invoicesBefore: number;
  /** Events of its service periods that could not be counted when it began to bill; null before. */
  readonly deadLetters: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  /** Milliseconds by which the organization's clock was ahead when it began; 0 before. Its own times are real ones. */
  readonly clockOffset: number;
  /** All customers are done; pages are rendered from here on. */
  readonly billedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The database's clock when this was read. */
  readonly readAt: Date;
}

/** Columns of every statement that answers with runs. */
export const BILLING_RUN_COLUMNS = `organization_id AS "organizationId", id, ends_after AS "endsAfter", ends_until AS "endsUntil",
  requested_by AS "requestedBy", purpose, customer_id AS "customerId", backdated, dry_run AS "dryRun", chosen_only AS "chosenOnly", retry_of AS "retryOf", state,
  state_reason AS "stateReason", barrier, cursor, customers_left AS "customersLeft", customers_left + customers_done AS "customersDue",
  customers_done AS "customersDone", invoices_created AS "invoicesCreated", invoices_skipped AS "invoicesSkipped",
  working_since AS "workingSince", left_before AS "leftBefore", invoices_before AS "invoicesBefore", dead_letters AS "deadLetters",
  created_at AS "createdAt", started_at AS "startedAt", clock_offset_seconds * 1000::float8 AS "clockOffset", billed_at AS "billedAt", finished_at AS "finishedAt", now() AS "readAt"`;
