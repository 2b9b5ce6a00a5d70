import type { Transaction } from '#libs/database/transaction.ts';
import type { EventState } from '../correct.ts';
import type { Span } from '../read/split-span.ts';
import { plainArray } from './array-literal.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, toRawEvent } from './raw-event-row.ts';

/** What is looked for. Instants in epoch milliseconds. */
export interface EventSearch {
  /** All names of one customer; null: everybody's. */
  readonly names: readonly string[] | null;
  readonly source: string | null;
  readonly type: string | null;
  /** The event's own time. */
  readonly time: Partial<Span>;
  /** Arrival of what made the event as it stands. */
  readonly received: Partial<Span>;
  /** Null: both. */
  readonly voided: boolean | null;
}

/** Behind which offset of a partition of the log to go on, downwards. */
export interface ArrivalPosition {
  readonly epoch: number;
  readonly partition: number;
  readonly below: bigint;
}

/**
 * Events as they stand that arrived on a day (YYYY-MM-DD): of each partition of the log the newest `limit` below the position, if it is given. By the
 * index of places, backwards, so that a page costs as much as it is long.
 */
export async function selectArrivals(
  tx: Transaction,
  organizationId: number,
  search: EventSearch,
  day: string,
  positions: readonly ArrivalPosition[],
  limit: number,
): Promise<EventState[]> {
  const { names, source, type, time, received, voided } = search;
  const instant = (at: number | undefined) => (at === undefined ? null : new Date(at));
  const { rows } = await tx.query<RawEventRow & { voided: boolean }>(SELECT, [
    organizationId,
    day,
    names,
    source,
    type,
    instant(time.from),
    instant(time.to),
    instant(received.from),
    instant(received.to),
    voided,
    plainArray(positions.map((position) => position.epoch)),
    plainArray(positions.map((position) => position.partition)),
    plainArray(positions.map((position) => position.below)),
    limit,
  ]);
  return rows.map((row) => ({ ...toRawEvent(row), voided: row.voided }));
}

const VOIDED = `EXISTS (
           SELECT FROM event_corrections c
            WHERE c.organization_id = u.organization_id AND c.event_key = u.event_key AND c.state = 'applied' AND c.kind = 'void')`;

const SELECT = `
  SELECT ${RAW_EVENT_COLUMNS}, e.voided
    FROM (SELECT partition, epoch FROM log_offsets UNION SELECT partition, epoch FROM log_epochs) AS p
    LEFT JOIN unnest($11::integer[], $12::smallint[], $13::bigint[]) AS b (epoch, partition, below) USING (epoch, partition)
   CROSS JOIN LATERAL (
         SELECT u.*, ${VOIDED} AS voided
           FROM usage_events u
          WHERE u.received_at >= greatest($2::date::timestamp AT TIME ZONE 'UTC', $8)
            AND u.received_at < least(($2::date + 1)::timestamp AT TIME ZONE 'UTC', $9)
            AND u.log_epoch = p.epoch AND u.log_partition = p.partition AND u.log_offset < coalesce(b.below, 9223372036854775807)
            AND u.organization_id = $1 AND u.sign = 1
            AND ($3::text[] IS NULL OR u.customer = ANY($3)) AND ($4::text IS NULL OR u.source = $4) AND ($5::text IS NULL OR u.type = $5)
            AND ($6::timestamptz IS NULL OR u.time >= $6) AND ($7::timestamptz IS NULL OR u.time < $7)
            AND NOT EXISTS (SELECT FROM event_corrections c WHERE c.organization_id = u.organization_id AND c.event_key = u.event_key
                               AND c.state = 'applied' AND c.kind = 'amend' AND c.revision > u.revision)
            AND ($10::boolean IS NULL OR $10 = ${VOIDED})
          ORDER BY u.log_offset DESC LIMIT $14) AS e`;
