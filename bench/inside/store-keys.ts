import pg from 'pg';
import { BENCH_ORGANIZATION } from './records.ts';

export type KeyKind = 'random' | 'time-ordered';

/** How far apart keys that begin with their time lie: 20 million over ten days. */
const MS_BETWEEN = 43;
/** Of all keys, how many are inserted one by one by ageKeys. */
const AGED_SHARE = 0.05;

/**
 * Puts dedupe keys into the current generation, as if so many events had come in before: random ones, or ones that begin with a time
 * (ids that are UUIDs of version 7) and end now. Quickly: without the index, which is built afterwards. The last twentieth is left to
 * ageKeys. Ends with a checkpoint.
 */
export async function storeKeys(databaseUrl: string, count: number, kind: KeyKind): Promise<void> {
  await withTable(databaseUrl, async (client, table, generation) => {
    await client.query("SET maintenance_work_mem = '1GB'");
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey`);
    await insertKeys(client, table, generation, kind, 1, builtOf(count), count);
    await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (organization_id, event_key)`);
    await client.query(`VACUUM ANALYZE ${table}`);
    await client.query('CHECKPOINT');
  });
}

/**
 * Inserts the last twentieth into the index that stands. An index that was just built is packed and, after a checkpoint, the first change
 * of each of its pages is logged as a whole page: neither is so for long in a store that works, and this brings it there.
 */
export async function ageKeys(databaseUrl: string, count: number, kind: KeyKind): Promise<void> {
  await withTable(databaseUrl, (client, table, generation) =>
    insertKeys(client, table, generation, kind, builtOf(count) + 1, count, count),
  );
}

const builtOf = (count: number): number => Math.floor(count * (1 - AGED_SHARE));

async function insertKeys(
  client: pg.Client,
  table: string,
  generation: number,
  kind: KeyKind,
  from: number,
  to: number,
  count: number,
): Promise<void> {
  const digest = 'md5(i::text)';
  const instant = `(extract(epoch FROM now()) * 1000)::bigint - (${count}::bigint - i) * ${MS_BETWEEN}`;
  const key = kind === 'random' ? digest : `lpad(to_hex(${instant}), 12, '0') || left(${digest}, 20)`;
  await client.query(
    `INSERT INTO ${table} (event_key, payload_hash, log_offset, organization_id, log_epoch, received_on, log_partition, generation)
     SELECT (${key})::uuid, i, i, ${BENCH_ORGANIZATION}, 1, current_date, 1, ${generation}
       FROM generate_series($1::bigint, $2::bigint) AS i`,
    [from, to],
  );
}

async function withTable(
  databaseUrl: string,
  work: (client: pg.Client, table: string, generation: number) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ generation: number }>(
      'SELECT max(generation) AS generation FROM event_key_generations',
    );
    const generation = rows[0]?.generation ?? 1;
    await work(client, `event_keys_g${generation}`, generation);
  } finally {
    await client.end();
  }
}
