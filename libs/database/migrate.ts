import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Pool } from './pool.ts';

const MIGRATIONS = path.resolve(import.meta.dirname, '../../migrations');

/** Brings the schema up to this version of the code. `connectionString` must be the owner. Safe to run from several at once. */
export async function migrate(connectionString: string, onApplied: (name: string) => void = () => {}): Promise<void> {
  await onClient(connectionString, async (client) => {
    const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
    const encoding = rows[0]?.server_encoding;
    if (encoding !== 'UTF8')
      throw new Error(`The database is encoded in ${encoding}; Tollbook needs one created with ENCODING 'UTF8'.`);
  });
  const applied = await runner({
    databaseUrl: connectionString,
    dir: path.join(MIGRATIONS, '*.sql'),
    useGlob: true,
    direction: 'up',
    migrationsTable: 'pgmigrations',
    checkOrder: true,
    singleTransaction: true,
    // The advisory lock of node-pg-migrate makes a second one wait instead of failing.
    advisoryLockMode: 'wait',
    log: () => {},
  } as Parameters<typeof runner>[0]);
  for (const migration of applied) onApplied(migration.name);
  await onClient(connectionString, async (client) => {
    await client.query('GRANT SELECT ON pgmigrations TO tollbook_api, tollbook_worker');
  });
}

async function onClient(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The names of the migrations this code was written for, oldest first. */
export async function expectedMigrations(): Promise<string[]> {
  const files = await readdir(MIGRATIONS);
  return files
    .filter((file) => file.endsWith('.sql') && /^\d/.test(file))
    .map((file) => file.replace(/\.sql$/, ''))
    .sort();
}

/** @throws Error with one clear sentence when the database is older or newer than this code. */
export async function checkSchema(pool: Pool): Promise<void> {
  const expected = await expectedMigrations();
  const { rows } = await pool.query<{ exists: boolean }>("SELECT to_regclass('pgmigrations') IS NOT NULL AS exists");
  const present = rows[0]?.exists
    ? (await pool.query<{ name: string }>('SELECT name FROM pgmigrations ORDER BY id')).rows.map((row) => row.name)
    : [];
  const missing = expected.filter((name) => !present.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `The database schema is older than this version of Tollbook (missing ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''}): run "npm run migrate" first.`,
    );
  }
  const unknown = present.filter((name) => !expected.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `The database schema is newer than this version of Tollbook (it has ${unknown[0]}): update Tollbook.`,
    );
  }
}
