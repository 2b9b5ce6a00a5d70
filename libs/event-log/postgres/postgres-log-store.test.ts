import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '#libs/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { AppendOutcome } from '../event-log.ts';
import { PARTITIONS, read, readEverything, recordFor } from '../place.contract.ts';
import { createPostgresLog, type PostgresLog } from './postgres-log.ts';
import { appendRecords } from './store/append-records.ts';

/* What only the log in Postgres has: transactions that roll back or take long, retention of its own, signals. */

let database: TestDatabase;
let log: PostgresLog;
const opened: PostgresLog[] = [];
const pools: pg.Pool[] = [];

async function open(options: { pollMs?: number } = {}): Promise<PostgresLog> {
  const pool = newPool();
  const made = await createPostgresLog({ pool, ...(options.pollMs !== undefined && { pollMs: options.pollMs }) });
  opened.push(made);
  return made;
}

beforeEach(async () => {
  database = await createTestDatabase();
  log = await open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  await database.drop();
});

test('no gap and no record of a transaction that rolled back, while others hold their offsets uncommitted and readers run', async () => {
  const pool = database.pool('owner');
  const early = await read(log);
  const committed: string[] = [];
  let rolledBack = 0;
  const holders = Array.from({ length: 6 }, async (_, writer) => {
    for (let round = 0; round < 25; round += 1) {
      const client = await pool.connect();
      await client.query('BEGIN');
      const values = [`held-${writer}-${round}-a`, `held-${writer}-${round}-b`];
      await appendRecords(
        client,
        (writer + round) % PARTITIONS,
        values.map((value) => Buffer.from(value)),
      );
      // Held open for a moment: this is the time in which a reader could pass over the offsets.
      await client.query('SELECT pg_sleep(0.01)');
      const keep = (writer + round) % 3 !== 0;
      await client.query(keep ? 'COMMIT' : 'ROLLBACK');
      client.release();
      if (keep) committed.push(...values);
      else rolledBack += 1;
    }
  });
  const writers = Array.from({ length: 10 }, async (_, writer) => {
    for (let round = 0; round < 30; round += 1) {
      const value = `appended-${writer}-${round}`;
      const [outcome] = await log.append([recordFor(writer + round, value)]);
      expect(outcome?.status).toBe('durable');
      committed.push(value);
    }
  });
  await Promise.all([...holders, ...writers]);
  expect(rolledBack).toBeGreaterThan(20);
  await waitFor(() => early.count() >= committed.length, {
    timeoutMs: 20_000,
    describe: () => `${committed.length} records, ${early.count()} came`,
  });
  const seen = Array.from({ length: PARTITIONS }, (_, partition) => early.values(partition)).flat();
  expect(seen.sort()).toEqual([...committed].sort());
  expect(early.troubles).toEqual([]);
});

test('the connection of an append is cut while it waits for its turn: it tries again and is exact', async () => {
  const holder = await database.pool('owner').connect();
  await holder.query('BEGIN');
  await appendRecords(holder, 0, [Buffer.from('held')]);
  const outcome = log.append([recordFor(0, 'waits')]);
  const cut = async () => {
    // Not on the holder's connection: inside a transaction this view stands still.
    const { rowCount } = await database
      .pool('owner')
      .query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-log' AND wait_event_type = 'Lock'",
      );
    return rowCount === 1;
  };
  await waitFor(cut, { describe: 'the append to wait for the row' });
  await waitFor(cut, { describe: 'the second attempt to wait for the row' });
  await holder.query('COMMIT');
  holder.release();
  expect(await outcome).toEqual([{ status: 'durable', partition: 0, offset: 1n }]);
  expect((await readEverything(log)).get(0)).toEqual(['held', 'waits']);
});

test('a lost answer to the commit is never called durable', async () => {
  // The row is held so long that the append gives up; its statement is still running and commits when the row is free.
  const holder = await database.pool('owner').connect();
  await holder.query('BEGIN');
  await appendRecords(holder, 2, [Buffer.from('held')]);
  const impatient = await createPostgresLog({ pool: newPool(), appendTimeoutMs: 300 });
  opened.push(impatient);
  const [outcome] = (await impatient.append([recordFor(2, 'unknown')])) as [AppendOutcome];
  expect(outcome).toEqual({ status: 'unavailable', reason: expect.stringContaining('300 ms') });
  await holder.query('COMMIT');
  holder.release();
  await waitFor(async () => (await log.bounds())[2]?.high === 2n, {
    describe: 'the statement that nobody waits for any more',
  });
  // It is in the log although the answer was "unknown": the next record stands behind it.
  expect(await log.append([recordFor(2, 'next')])).toEqual([{ status: 'durable', partition: 2, offset: 2n }]);
  expect((await readEverything(log)).get(2)).toEqual(['held', 'unknown', 'next']);
});

function newPool(): pg.Pool {
  const pool = createPool({ connectionString: database.url, role: 'tollbook_worker', applicationName: 'test-log' });
  pools.push(pool);
  return pool;
}

test('readers in other processes are woken by the signal, not by their poll', async () => {
  const other = await open({ pollMs: 3_600_000 });
  const reader = await read(other);
  await log.append([recordFor(1, 'first')]);
  // Listening may begin after the first append; from then on every append must come through at once.
  await waitFor(
    async () => {
      await log.append([recordFor(1, 'again')]);
      return reader.count() > 0;
    },
    { describe: 'the first signal' },
  );
  const before = reader.count();
  await log.append([recordFor(3, 'last')]);
  await waitFor(() => reader.values(3).length === 1, { timeoutMs: 5_000, describe: 'the record of another process' });
  expect(reader.count()).toBeGreaterThan(before);
});

test('the API role may append, and read nothing: the records are of all organizations', async () => {
  const pool = createPool({ connectionString: database.url, role: 'tollbook_api', applicationName: 'test-log' });
  pools.push(pool);
  const api = await createPostgresLog({ pool });
  opened.push(api);
  expect(await api.append([recordFor(1, 'taken')])).toEqual([{ status: 'durable', partition: 1, offset: 0n }]);
  await expect(pool.query('SELECT value FROM log_records')).rejects.toThrow(/permission denied/);
});

test('without any signal the poll finds what is new', async () => {
  const reader = await read(log);
  await waitFor(() => reader.troubles.length === 0, { describe: 'the reader' });
  // Written past the adapter, so nobody is told.
  await appendRecords(database.pool('owner') as unknown as pg.PoolClient, 0, [Buffer.from('silent')]);
  await waitFor(() => reader.count() === 1, { timeoutMs: 5_000, describe: 'the record' });
});

test('trim removes what is old and applied, from the head only, and keeps the last applied record', async () => {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    await log.append(Array.from({ length: 10 }, (_, index) => recordFor(partition, `${partition}:${index}`)));
  }
  const owner = database.pool('owner');
  await owner.query(`UPDATE log_records SET appended_at = now() - interval '30 days' WHERE "offset" < 8`);
  // The clock was set back once: a younger record before older ones.
  await owner.query(`UPDATE log_records SET appended_at = now() WHERE partition = 3 AND "offset" = 4`);
  const weekAgo = new Date(Date.now() - 7 * 86_400_000);
  const removed = await log.trim(
    weekAgo,
    new Map([
      [0, 10n],
      [1, 5n],
      [3, 10n],
    ]),
  );
  expect(removed).toBe(8 + 4 + 4);
  expect((await log.bounds()).map(({ low, high }) => [low, high])).toEqual([
    [8n, 10n],
    [4n, 10n],
    [0n, 10n],
    [4n, 10n],
  ]);
  expect(
    await log.trim(
      weekAgo,
      new Map([
        [0, 10n],
        [1, 5n],
        [2, 0n],
      ]),
    ),
  ).toBe(0);
  await log.trim(new Date(Date.now() + 60_000), new Map([[0, 10n]]));
  expect((await log.bounds())[0]).toEqual({ partition: 0, low: 9n, high: 10n });
  expect(await log.append([recordFor(0, 'on')])).toMatchObject([{ offset: 10n }]);
});

test('a log that was emptied under a reader stops it loudly', async () => {
  await log.append([recordFor(0, 'a'), recordFor(0, 'b')]);
  const reader = await read(log);
  await waitFor(() => reader.count() === 2, { describe: 'the records' });
  await database.pool('owner').query('TRUNCATE log_records');
  await database.pool('owner').query('UPDATE log_partitions SET next_offset = 0');
  await waitFor(() => reader.troubles.some(({ halted }) => halted), { timeoutMs: 5_000, describe: 'the trouble' });
  expect(reader.troubles).toEqual([
    { partition: 0, halted: true, message: expect.stringMatching(/offset 2 .* ends at 0: it was emptied or replaced/) },
  ]);
});
