import type { Transaction } from '#libs/database/transaction.ts';
import type { LogPlace } from '../place.ts';

/** An event that a meter ought to count and cannot read. */
export interface UnreadEvent {
  readonly organizationId: number;
  readonly meterId: number;
  /** 32 hex digits. */
  readonly key: string;
  readonly place: LogPlace;
  readonly detail: string;
}

/** Notes what single meters could not read. Others may have counted it. */
export async function insertUnreadEvents(tx: Transaction, events: readonly UnreadEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `INSERT INTO unread_events (organization_id, meter_id, event_key, log_epoch, log_partition, log_offset, received_at, detail)
     SELECT * FROM unnest($1::integer[], $2::integer[], $3::uuid[], $4::integer[], $5::smallint[], $6::bigint[], $7::timestamptz[], $8::text[])
     ON CONFLICT DO NOTHING`,
    [
      events.map((event) => event.organizationId),
      events.map((event) => event.meterId),
      events.map((event) => event.key),
      events.map(({ place }) => place.epoch),
      events.map(({ place }) => place.partition),
      events.map(({ place }) => place.offset.toString()),
      events.map(({ place }) => new Date(place.receivedAt)),
      events.map((event) => event.detail),
    ],
  );
}
