import type { PropertyValue } from '#libs/events/event.ts';
import type { RawEvent } from './copy-usage-events.ts';

/** Columns of a row of usage_events, there called e. */
export const RAW_EVENT_COLUMNS = `e.organization_id, e.event_key, encode(e.event_hash, 'hex') AS event_hash, e.sign, e.revision, e.log_epoch,
  e.log_partition, e.log_offset, e.received_at, e.time, e.time_given, e.id, e.source, e.type, e.customer, e.subscription, e.properties`;

/** Whether a correction that was carried out took back row e of usage_events: a void, or a later amendment. */
export const TAKEN_BACK = `EXISTS (
  SELECT FROM event_corrections c
   WHERE c.organization_id = e.organization_id AND c.event_key = e.event_key AND c.state = 'applied'
     AND c.revision >= e.revision AND (c.kind = 'void' OR c.revision > e.revision))`;

export interface RawEventRow {
  readonly organization_id: number;
  readonly event_key: string;
  readonly event_hash: string;
  readonly sign: 1 | -1;
  readonly revision: number;
  readonly log_epoch: number;
  readonly log_partition: number;
  readonly log_offset: string;
  readonly received_at: Date;
  readonly time: Date;
  readonly time_given: boolean;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly customer: string;
  readonly subscription: string;
  readonly properties: Record<string, PropertyValue>;
}

export const toRawEvent = (row: RawEventRow): RawEvent => ({
  organizationId: row.organization_id,
  key: row.event_key.replaceAll('-', ''),
  hash: row.event_hash,
  sign: row.sign,
  revision: row.revision,
  place: {
    epoch: row.log_epoch,
    partition: row.log_partition,
    offset: BigInt(row.log_offset),
    receivedAt: row.received_at.getTime(),
  },
  event: {
    id: row.id,
    source: row.source,
    type: row.type,
    customer: row.customer,
    subscription: row.subscription,
    time: row.time.getTime(),
    timeGiven: row.time_given,
    properties: row.properties,
  },
});
