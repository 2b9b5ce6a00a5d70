import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { UsageEvent } from '#libs/events/event.ts';
import { dayOf } from '../day-of.ts';
import type { LogPlace } from '../place.ts';

/** One row of usage_events. */
export interface RawEvent {
  readonly organizationId: number;
  /** 32 hex digits. */
  readonly key: string;
  /** 64 hex digits. */
  readonly hash: string;
  readonly event: UsageEvent;
  readonly sign: 1 | -1;
  readonly revision: number;
  /** The place from which on it counts. */
  readonly place: LogPlace;
}

const ROWS_PER_CHUNK = 500;

/**
 * Stores raw events, each into the partition of its day of arrival. COPY is the fastest way in; it needs the real client of the
 * transaction, and it names the day's table because COPY refuses usage_events itself, which has row-level security.
 */
export async function copyUsageEvents(tx: pg.PoolClient, events: readonly RawEvent[]): Promise<void> {
  const byDay = Map.groupBy(events, ({ place }) => dayOf(place.receivedAt));
  for (const [day, rows] of byDay) {
    const stream = tx.query(
      copyFrom(
        `COPY usage_events_${day.replaceAll('-', '')} (organization_id, event_key, event_hash, sign, revision, log_epoch, log_partition, log_offset,
                                   received_at, time, time_given, id, source, type, customer, subscription, properties) FROM STDIN`,
      ),
    );
    await pipeline(Readable.from(chunks(rows), { objectMode: false }), stream);
  }
}

function* chunks(events: readonly RawEvent[]): Generator<Buffer> {
  for (let start = 0; start < events.length; start += ROWS_PER_CHUNK) {
    let text = '';
    for (const event of events.slice(start, start + ROWS_PER_CHUNK)) text += copyRow(event);
    yield Buffer.from(text);
  }
}

function copyRow({ organizationId, key, hash, event, sign, revision, place }: RawEvent): string {
  const given = event.timeGiven ? 't' : 'f';
  const names = `${escapeCopy(event.id)}\t${escapeCopy(event.source)}\t${escapeCopy(event.type)}\t${escapeCopy(event.customer)}\t${escapeCopy(event.subscription)}`;
  return `${organizationId}\t${key}\t\\\\x${hash}\t${sign}\t${revision}\t${place.epoch}\t${place.partition}\t${place.offset}\t${arrivalText(place.receivedAt)}\t${new Date(event.time).toISOString()}\t${given}\t${names}\t${escapeCopy(JSON.stringify(event.properties))}\n`;
}

/** Records of a batch arrived together. */
function arrivalText(instant: number): string {
  if (instant !== lastInstant) {
    lastInstant = instant;
    lastText = new Date(instant).toISOString();
  }
  return lastText;
}
let lastInstant = Number.NaN;
let lastText = '';

const SPECIAL = /[\\\n\r\t\b\f\v]/;
const EVERY_SPECIAL = new RegExp(SPECIAL, 'g');
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

const escapeCopy = (text: string): string =>
  SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (character) => ESCAPES[character] as string) : text;
