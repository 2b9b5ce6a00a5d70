import type { Transaction } from '#libs/database/transaction.ts';

/** One entry as a reader sees it. */
export interface Change {
  readonly transactionId: string;
  readonly id: string;
  readonly occurredAt: Date;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where a reader stands: behind this entry. */
export interface ChangePosition {
  readonly transactionId: string;
  readonly id: string;
}

export const FIRST_CHANGE: ChangePosition = { transactionId: '0', id: '0' };

/**
 * Entries behind `after`, in the order (transaction, id). Stops before the oldest transaction still running anywhere: a row of it
 * could still appear in front of what was already handed out and would then be passed over for ever.
 */
export async function selectChanges(
  tx: Transaction,
  organizationId: number,
  after: ChangePosition,
  limit: number,
): Promise<Change[]> {
  const { rows } = await tx.query<ChangeRow>(
    `SELECT transaction_id::text, id, occurred_at, type, subject, data
       FROM outbox
      WHERE organization_id = $1 AND (transaction_id, id) > ($2::text::xid8, $3::bigint)
        AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY outbox.transaction_id, id
      LIMIT $4`,
    [organizationId, after.transactionId, after.id, limit],
  );
  return rows.map((row) => ({
    transactionId: row.transaction_id,
    id: row.id,
    occurredAt: row.occurred_at,
    type: row.type,
    subject: row.subject,
    data: row.data,
  }));
}

interface ChangeRow {
  readonly transaction_id: string;
  readonly id: string;
  readonly occurred_at: Date;
  readonly type: string;
  readonly subject: string;
  readonly data: Record<string, unknown>;
}
