import type { Transaction } from '#libs/database/transaction.ts';

export type RecordOutcome = 'counted' | 'unassigned' | 'duplicate' | 'conflict' | 'dead_letter';

export interface RecordCount {
  readonly organizationId: number;
  /** Day of arrival, YYYY-MM-DD (UTC). */
  readonly receivedOn: string;
  readonly outcome: RecordOutcome;
  readonly records: number;
}

/** Adds to the counts of what became of records. `counts` must be in one fixed order. */
export async function upsertRecordCounts(tx: Transaction, counts: readonly RecordCount[]): Promise<void> {
  await tx.query(
    `INSERT INTO record_counts AS c (organization_id, received_on, outcome, records)
     SELECT * FROM unnest($1::integer[], $2::date[], $3::text[], $4::bigint[])
     ON CONFLICT (organization_id, received_on, outcome) DO UPDATE SET records = c.records + excluded.records`,
    [
      counts.map((c) => c.organizationId),
      counts.map((c) => c.receivedOn),
      counts.map((c) => c.outcome),
      counts.map((c) => c.records),
    ],
  );
}
