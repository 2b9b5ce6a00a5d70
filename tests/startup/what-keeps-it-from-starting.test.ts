import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startProcess } from '../support/process.ts';
import { createTestTopic } from '../support/topic.ts';

/* Whatever keeps a process from starting is told in one clear sentence, with exit code 1, and nothing else. */

const ROOT = path.resolve(import.meta.dirname, '../..');
let database: TestDatabase;
let busy: Server;
let busyPort: string;
let folder: string;
let working: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  busy = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => busy.once('listening', resolve));
  busyPort = String((busy.address() as { port: number }).port);
  await mkdir(path.join(ROOT, '.tollbook'), { recursive: true });
  folder = await mkdtemp(path.join(ROOT, '.tollbook', 'test-'));
  await chmod(folder, 0o755);
  working = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS as string,
    REDIS_URL: process.env.TEST_REDIS_URL as string,
    TOLLBOOK_TOPIC: await createTestTopic(),
    TOLLBOOK_PORT: '0',
    TOLLBOOK_LOG_LEVEL: 'silent',
  };
});
afterAll(async () => {
  busy.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function refusal(script: string, environment: Record<string, string>): Promise<string> {
  const process = startProcess(script, environment);
  expect(await process.exited).toBe(1);
  const output = process.output().trim();
  expect(output.split('\n')).toHaveLength(1);
  expect(output).not.toMatch(/\bat .*\.ts:\d+/);
  return output;
}

describe.each(['ingest', 'aggregator', 'billing-run', 'api'])('%s', (service) => {
  const script = `services/${service}/main.ts`;

  test('a port in use', async () => {
    expect(await refusal(script, { ...working, TOLLBOOK_PORT: busyPort })).toMatch(
      new RegExp(`[Pp]ort ${busyPort} is in use.*TOLLBOOK_PORT`),
    );
  });

  test('a setting that does not exist', async () => {
    expect(await refusal(script, { ...working, TOLLBOOK_PROT: '1' })).toMatch(/TOLLBOOK_PROT is not a setting/);
  });

  test('no DATABASE_URL, one that is none, and one where nobody answers', async () => {
    const { DATABASE_URL: _, ...without } = working;
    expect(await refusal(script, without)).toMatch(/DATABASE_URL is not set/);
    expect(await refusal(script, { ...working, DATABASE_URL: 'mysql://localhost/x' })).toMatch(
      /DATABASE_URL must look like postgres:/,
    );
    expect(await refusal(script, { ...working, DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' })).toMatch(
      /Postgres does not answer at 127\.0\.0\.1:1.*DATABASE_URL/,
    );
  });

  test('an older and a newer schema', async () => {
    const other = await createTestDatabase();
    const client = new pg.Client({ connectionString: other.url });
    await client.connect();
    try {
      await client.query("INSERT INTO pgmigrations (name, run_on) VALUES ('9999_future', now())");
      expect(await refusal(script, { ...working, DATABASE_URL: other.url })).toMatch(
        /newer than this version of Tollbook.*9999_future/,
      );
      await client.query("DELETE FROM pgmigrations WHERE name LIKE '9999%' OR name LIKE '0005%'");
      expect(await refusal(script, { ...working, DATABASE_URL: other.url })).toMatch(
        /older than this version.*npm run migrate/,
      );
    } finally {
      await client.end();
      await other.drop();
    }
  });
});

describe.each(['ingest', 'aggregator', 'billing-run'])('%s and Kafka', (service) => {
  const script = `services/${service}/main.ts`;

  test('a topic that does not exist', async () => {
    expect(await refusal(script, { ...working, TOLLBOOK_TOPIC: `missing-${randomUUID()}` })).toMatch(
      /Kafka has no topic missing-.*npm run migrate/,
    );
  });

  test('brokers where nobody answers', async () => {
    expect(await refusal(script, { ...working, KAFKA_BROKERS: '127.0.0.1:1' })).toMatch(
      /127\.0\.0\.1:1.*KAFKA_BROKERS/,
    );
  });
});

describe('embedded', () => {
  const script = 'services/embedded/main.ts';

  test('a port in use', async () => {
    const dataDir = path.join(folder, 'port');
    expect(
      await refusal(script, { TOLLBOOK_PORT: busyPort, TOLLBOOK_DATA_DIR: dataDir, TOLLBOOK_LOG_LEVEL: 'silent' }),
    ).toMatch(/is in use.*TOLLBOOK_PORT/);
  });

  test('a data directory of another version', async () => {
    const dataDir = path.join(folder, 'older');
    await mkdir(path.join(dataDir, 'postgres'), { recursive: true });
    await writeFile(path.join(dataDir, 'postgres', 'PG_VERSION'), '16\n');
    await writeFile(path.join(dataDir, 'postgres', 'tollbook.password'), 'x');
    expect(
      await refusal(script, { TOLLBOOK_PORT: '0', TOLLBOOK_DATA_DIR: dataDir, TOLLBOOK_LOG_LEVEL: 'silent' }),
    ).toMatch(/was made by Postgres 16/);
  });

  test('a data directory that another one holds', async () => {
    const dataDir = path.join(folder, 'held');
    const environment = { TOLLBOOK_PORT: '0', TOLLBOOK_DATA_DIR: dataDir, TOLLBOOK_LOG_LEVEL: 'silent' };
    const first = startProcess(script, environment);
    await first.waitForOutput(/ready at/);
    expect(await refusal(script, environment)).toMatch(/in use by another Tollbook \(pid \d+\)/);
    expect(await first.end()).toBe(0);
  });
});
