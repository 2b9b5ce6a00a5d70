import pg from 'pg';
import type { Book } from './book.ts';
import { identityOf, type StoredEvent } from './ledger.ts';
import type { Organization } from './senders.ts';

/** What lies in the database of one identity: how often, and as what. */
export interface Stored extends StoredEvent {
  copies: number;
  readonly place: { readonly epoch: number; readonly partition: number; readonly offset: bigint };
}

interface Row {
  readonly organization_id: number;
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly time_given: boolean;
  readonly customer: string;
  readonly properties: Record<string, unknown>;
  readonly log_epoch: number;
  readonly log_partition: number;
  readonly log_offset: string;
}

const CONNECTED_WITHIN_MS = 10_000;
const ANSWERED_WITHIN_MS = 60_000;

/** A database that is broken on purpose may hang, or cut the connection at any time: an error then, after a minute at the latest. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECTED_WITHIN_MS,
    query_timeout: ANSWERED_WITHIN_MS,
  });
  // Whoever waits for an answer hears of it; without a listener it would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    // Not waited for: where the connection is cut already, its end may never be told.
    void client.end().catch(() => {});
  }
}

/** Every event that is stored, as it came first, by identity. `strangers`: stored, but never sent. */
export async function readStored(url: string, book: Book, organizations: readonly Organization[]) {
  const stored = new Map<string, Stored>();
  const strangers: string[] = [];
  const indexes = new Map(organizations.map(({ id }, index) => [id, index]));
  await withDatabase(url, async (client) => {
    const { rows: columns } = await client.query<{ column_name: string }>(
      "SELECT column_name FROM information_schema.columns WHERE table_name = 'usage_events' AND column_name = 'sign'",
    );
    await client.query('BEGIN');
    await client.query(
      `DECLARE every CURSOR FOR
       SELECT organization_id, id, source, time, time_given, customer, properties, log_epoch, log_partition, log_offset
         FROM usage_events WHERE organization_id = ANY ($1) ${columns.length > 0 ? 'AND sign = 1 AND revision = 0' : ''}`.replace(
        '$1',
        `'{${[...indexes.keys()].join(',')}}'`,
      ),
    );
    for (;;) {
      const { rows } = await client.query<Row>('FETCH 5000 FROM every');
      if (rows.length === 0) break;
      for (const row of rows) {
        const identity = identityOf(indexes.get(row.organization_id) as number, row);
        if (!book.entries.has(identity)) strangers.push(identity);
        const known = stored.get(identity);
        if (known) known.copies += 1;
        else stored.set(identity, fromRow(row));
      }
    }
    await client.query('COMMIT');
  });
  return { stored, strangers };
}

const fromRow = (row: Row): Stored => ({
  copies: 1,
  time: row.time.getTime(),
  timeGiven: row.time_given,
  customer: row.customer,
  properties: row.properties,
  place: { epoch: row.log_epoch, partition: row.log_partition, offset: BigInt(row.log_offset) },
});

/** Where the log was when each meter was made, by organization and key; nothing where the product does not store it. */
export async function readStarts(
  url: string,
): Promise<Map<string, { epoch: number; offsets: Record<string, string | number> }>> {
  return withDatabase(url, async (client) => {
    const { rows } = await client.query<{ organization_id: number; meter: Record<string, unknown> }>(
      'SELECT organization_id, to_jsonb(meters) AS meter FROM meters',
    );
    const found = rows.filter(({ meter }) => meter.started_at_log);
    return new Map(
      found.map(({ organization_id, meter }) => [`${organization_id} ${meter.key}`, meter.started_at_log as never]),
    );
  });
}
