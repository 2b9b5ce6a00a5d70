import type { Transaction } from '#libs/database/transaction.ts';
import type { RawEvent } from './copy-usage-events.ts';
import type { BackfillCursor } from './lock-open-backfill.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, TAKEN_BACK, toRawEvent } from './raw-event-row.ts';

export interface OlderEvents {
  /** Those of the organization and type, each with whether it was taken back since. */
  readonly events: readonly (RawEvent & { readonly takenBack: boolean })[];
  /** How many of the organization were passed, of any type. */
  readonly passed: number;
  /** Behind them all. */
  readonly cursor: BackfillCursor;
}

/**
 * One portion of a day's raw events (sign 1) behind the cursor, in the order of the log: about `limit`, since rows that one record brought
 * stay together; the cursor cannot stand between them. Null when the day has no more.
 */
export async function selectOlderEvents(
  tx: Transaction,
  organizationId: number,
  type: string,
  day: string,
  cursor: BackfillCursor | null,
  limit: number,
): Promise<OlderEvents | null> {
  const behind = cursor?.day === day ? cursor : { epoch: 0, partition: -1, offset: -1n };
  const { rows } = await tx.query<RawEventRow & { taken_back: boolean; is_wanted: boolean; passed: number }>(
    `WITH portion AS (
       SELECT * FROM usage_events
        WHERE received_at >= ($1::date::timestamp AT TIME ZONE 'UTC') AND received_at < (($1::date + 1)::timestamp AT TIME ZONE 'UTC')
          AND (log_epoch, log_partition, log_offset) > ($2, $3, $4) AND sign = 1
        ORDER BY log_epoch, log_partition, log_offset FETCH FIRST $5 ROWS WITH TIES
     ), marked AS (
       SELECT *, organization_id = $6 AND type = $7 AS is_wanted, count(*) FILTER (WHERE organization_id = $6) OVER () AS passed,
              row_number() OVER (ORDER BY log_epoch DESC, log_partition DESC, log_offset DESC) = 1 AS is_last
         FROM portion
     )
     SELECT ${RAW_EVENT_COLUMNS}, e.is_wanted, e.passed::integer,
            ${TAKEN_BACK} AS taken_back
       FROM marked e WHERE e.is_wanted OR e.is_last ORDER BY log_epoch, log_partition, log_offset`,
    [day, behind.epoch, behind.partition, behind.offset.toString(), limit, organizationId, type],
  );
  const last = rows.at(-1);
  if (!last) return null;
  const { epoch, partition, offset } = toRawEvent(last).place;
  return {
    events: rows.filter((row) => row.is_wanted).map((row) => ({ ...toRawEvent(row), takenBack: row.taken_back })),
    passed: last.passed,
    cursor: { day, epoch, partition, offset },
  };
}
