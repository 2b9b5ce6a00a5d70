import type { Transaction } from '#libs/database/transaction.ts';

/** What is stored of the records of a day. */
export type StoredKind =
  /** Raw events as they were first sent. */
  | 'events'
  /** Raw rows that an amendment made. */
  | 'amended'
  /** Raw rows that take one back. */
  | 'taken_back'
  | 'conflicts'
  | 'dead_letters'
  | 'corrections'
  /** Corrections that were carried out, by the day from which on they count. */
  | 'voids'
  | 'amendments';

export interface StoredRows {
  /** Day of arrival, YYYY-MM-DD (UTC). */
  readonly day: string;
  readonly kind: StoredKind;
  readonly stored: number;
}

const DAY = "(received_at AT TIME ZONE 'UTC')::date";
const IN_RANGE = `organization_id = $1 AND received_at >= ($2::date::timestamp AT TIME ZONE 'UTC')
  AND received_at < ($3::date::timestamp AT TIME ZONE 'UTC')`;

/** Counts the rows that are stored of each day of arrival from `from` to before `to` (UTC). Reads every raw event of these days. */
export async function selectStoredRows(
  tx: Transaction,
  organizationId: number,
  from: string,
  to: string,
): Promise<StoredRows[]> {
  const { rows } = await tx.query<{ day: string; kind: StoredKind; stored: string }>(
    `SELECT day::text, kind, count(*) AS stored FROM (
       SELECT ${DAY} AS day, CASE WHEN sign = -1 THEN 'taken_back' WHEN revision = 0 THEN 'events' ELSE 'amended' END AS kind
         FROM usage_events WHERE ${IN_RANGE}
       UNION ALL SELECT ${DAY}, 'conflicts' FROM event_conflicts WHERE ${IN_RANGE}
       UNION ALL SELECT ${DAY}, 'dead_letters' FROM dead_letters WHERE ${IN_RANGE}
       UNION ALL SELECT ${DAY}, 'corrections' FROM event_corrections WHERE ${IN_RANGE}
       UNION ALL SELECT applied_on, CASE kind WHEN 'void' THEN 'voids' ELSE 'amendments' END FROM event_corrections
         WHERE organization_id = $1 AND state = 'applied' AND applied_on >= $2::date AND applied_on < $3::date) AS stored
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [organizationId, from, to],
  );
  return rows.map((row) => ({ ...row, stored: Number(row.stored) }));
}
