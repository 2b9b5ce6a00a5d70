import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Candidate } from '../sort-out.ts';

const ROWS_PER_CHUNK = 500;

/**
 * Stores raw events, each into the partition of its day of arrival. COPY is the fastest way in; it needs the real client of the
 * transaction, and it names the day's table because COPY refuses usage_events itself, which has row-level security.
 */
export async function copyUsageEvents(
  tx: pg.PoolClient,
  events: readonly Candidate[],
  epochs: ReadonlyMap<number, number>,
): Promise<void> {
  const byDay = Map.groupBy(events, ({ place }) => place.receivedAt.toISOString().slice(0, 10).replaceAll('-', ''));
  for (const [day, rows] of byDay) {
    const stream = tx.query(
      copyFrom(
        `COPY usage_events_${day} (organization_id, event_key, log_epoch, log_partition, log_offset, received_at, id, source, type, customer,
                                   time, time_given, properties, event_hash) FROM STDIN`,
      ),
    );
    await pipeline(Readable.from(chunks(rows, epochs), { objectMode: false }), stream);
  }
}

function* chunks(events: readonly Candidate[], epochs: ReadonlyMap<number, number>): Generator<Buffer> {
  for (let start = 0; start < events.length; start += ROWS_PER_CHUNK) {
    const rows = events.slice(start, start + ROWS_PER_CHUNK).map((event) => copyRow(event, epochs));
    yield Buffer.from(rows.join(''));
  }
}

function copyRow({ place, record }: Candidate, epochs: ReadonlyMap<number, number>): string {
  const { event, identity } = record;
  const columns = [
    String(record.organizationId),
    identity.key.toString('hex'),
    String(epochs.get(place.partition)),
    String(place.partition),
    place.offset.toString(),
    place.receivedAt.toISOString(),
    escapeCopy(event.id),
    escapeCopy(event.source),
    escapeCopy(event.type),
    escapeCopy(event.customer),
    new Date(event.time).toISOString(),
    event.timeGiven ? 't' : 'f',
    escapeCopy(JSON.stringify(event.properties)),
    `\\\\x${identity.hash.toString('hex')}`,
  ];
  return `${columns.join('\t')}\n`;
}

const SPECIAL = /[\\\n\r\t\b\f\v]/g;
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
  text.search(SPECIAL) < 0 ? text : text.replace(SPECIAL, (character) => ESCAPES[character] as string);
