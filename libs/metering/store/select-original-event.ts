import type { Transaction } from '#libs/database/transaction.ts';
import type { LogPlace } from '../place.ts';
import type { RawEvent } from './copy-usage-events.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, toRawEvent } from './raw-event-row.ts';

/** An event as it was first sent, by where its key says that it lies. Null when raw events of that day are no longer kept. */
export async function selectOriginalEvent(
  tx: Transaction,
  organizationId: number,
  key: string,
  place: Omit<LogPlace, 'receivedAt'>,
  receivedOn: string,
): Promise<RawEvent | null> {
  const { rows } = await tx.query<RawEventRow>(
    `SELECT ${RAW_EVENT_COLUMNS} FROM usage_events e
      WHERE e.received_at >= ($3::date::timestamp AT TIME ZONE 'UTC') AND e.received_at < (($3::date + 1)::timestamp AT TIME ZONE 'UTC')
        AND e.log_epoch = $4 AND e.log_partition = $5 AND e.log_offset = $6
        AND e.organization_id = $1 AND e.event_key = $2 AND e.revision = 0 AND e.sign = 1`,
    [organizationId, key, receivedOn, place.epoch, place.partition, place.offset.toString()],
  );
  return rows[0] ? toRawEvent(rows[0]) : null;
}
