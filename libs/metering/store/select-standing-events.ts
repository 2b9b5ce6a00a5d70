import type { Transaction } from '#libs/database/transaction.ts';
import type { StoredVector } from '../place.ts';
import type { EventPosition } from '../read/event-position.ts';
import type { SubscriptionRule } from '../read/usage-request.ts';
import type { RawEvent } from './copy-usage-events.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, toRawEvent } from './raw-event-row.ts';

export interface StandingChoice {
  readonly names: readonly string[];
  readonly types: readonly string[];
  /** Epoch milliseconds, half open. */
  readonly from: number;
  readonly to: number;
  /** None of them arrived before it. */
  readonly arrivedFrom: number;
  readonly subscription: SubscriptionRule | undefined;
  /** Next offsets of the log: what lies there or behind is not looked at, nor what it took back. */
  readonly watermark: StoredVector;
}

/**
 * A page of the events that stood when the log was applied up to a watermark, whatever came later. What took an event back bears its customer
 * and time, so both are found by the same index.
 */
export async function selectStandingEvents(
  tx: Transaction,
  organizationId: number,
  choice: StandingChoice,
  after: EventPosition | undefined,
  limit: number,
): Promise<RawEvent[]> {
  const [time = null, source = null, id = null] = after ?? [];
  const values = [...standingValues(organizationId, choice), time, source, id, limit];
  const { rows } = await tx.query<RawEventRow>(SELECT, values);
  return rows.map(toRawEvent);
}

/** $1 to $10 of statements over such a choice. */
export const standingValues = (
  organizationId: number,
  { names, types, from, to, arrivedFrom, subscription, watermark }: StandingChoice,
): unknown[] => [
  organizationId,
  names,
  types,
  new Date(from),
  new Date(to),
  new Date(arrivedFrom),
  subscription?.named ?? null,
  subscription?.orNone ?? false,
  watermark.epoch,
  watermark.offsets,
];

/** Whether a row was applied before the watermark; of statements that begin with `standingValues`. */
export const isBefore = (row: string): string =>
  `(${row}.log_epoch < $9 OR (${row}.log_epoch = $9 AND ${row}.log_offset < coalesce(($10::jsonb ->> ${row}.log_partition::text)::bigint, 0)))`;
const ORDER = 'e.time, e.source COLLATE "C", e.id COLLATE "C"';

// By name, since the index is by name and then by time.
const SELECT = `
  SELECT ${RAW_EVENT_COLUMNS}
    FROM unnest($2::text[]) AS n (name)
   CROSS JOIN LATERAL (
         SELECT * FROM usage_events e
          WHERE e.organization_id = $1 AND e.customer = n.name AND e.type = ANY($3::text[]) AND e.sign = 1
            AND e.time >= greatest($4, $11::timestamptz) AND e.time < $5 AND e.received_at >= $6
            AND ($7::text IS NULL OR e.subscription = $7 OR ($8 AND e.subscription = ''))
            AND ($11::timestamptz IS NULL OR (e.time, e.source COLLATE "C", e.id COLLATE "C") > ($11, $12::text, $13::text))
            AND ${isBefore('e')}
            AND NOT EXISTS (SELECT FROM usage_events b
                             WHERE b.organization_id = $1 AND b.customer = n.name AND b.time = e.time AND b.received_at >= $6
                               AND b.event_key = e.event_key AND b.revision = e.revision AND b.sign = -1 AND ${isBefore('b')})
          ORDER BY ${ORDER} LIMIT $14) AS e
   ORDER BY ${ORDER} LIMIT $14`;
