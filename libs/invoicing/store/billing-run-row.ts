/** Where the log ended when the run began: the next offset per partition, in that epoch of the log. */
export interface Barrier {
  readonly epoch: number;
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
  readonly state: 'queued' | 'waiting' | 'running' | 'completed' | 'failed';
  readonly stateReason: string | null;
  readonly barrier: Barrier | null;
  readonly cursor: string | null;
  readonly customersDue: number;
  readonly customersDone: number;
  readonly invoicesCreated: number;
  /** Documents that were not made, since all their lines were zero. */
  readonly invoicesSkipped: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Columns of every statement that answers with runs. */
export const BILLING_RUN_COLUMNS = `organization_id AS "organizationId", id, ends_after AS "endsAfter", ends_until AS "endsUntil",
  requested_by AS "requestedBy", purpose, customer_id AS "customerId", state, state_reason AS "stateReason", barrier, cursor, customers_due AS "customersDue",
  customers_done AS "customersDone", invoices_created AS "invoicesCreated", invoices_skipped AS "invoicesSkipped", created_at AS "createdAt",
  started_at AS "startedAt", finished_at AS "finishedAt"`;
