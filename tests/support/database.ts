import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createPool, type DatabaseRole, type Pool } from '#libs/database/pool.ts';
import { TEMPLATE_DATABASE } from '#scripts/services/start.ts';

/** A database of its own with the newest schema and no rows but those of the migrations. */
export interface TestDatabase {
  /** Of the owner. */
  readonly url: string;
  /** One pool per role, made on first use and ended by drop(). */
  pool(role: DatabaseRole): Pool;
  /** Ends the pools and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** Two clones at once would each find the template in use by the other. */
const CLONE_LOCK = 7_205_911;

/** On the server of the test run, or on another one that holds the template (makeTemplate in scripts/services/start.ts). */
export async function createTestDatabase(serverUrl: string = testServer()): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [CLONE_LOCK]);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pools = new Map<DatabaseRole, Pool>();
  return {
    url: url.href,
    pool(role) {
      const existing = pools.get(role);
      if (existing) return existing;
      const pool = createPool({ connectionString: url.href, role, applicationName: 'tollbook-test' });
      pools.set(role, pool);
      return pool;
    },
    async drop() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
      await onServer(
        serverUrl,
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      );
    },
  };
}

function testServer(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error('TEST_DATABASE_URL is not set: run tests with "npm run jest -- path", which starts the services.');
  return url;
}

async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
