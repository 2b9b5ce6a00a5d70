import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { schemaSnapshot } from './schema-snapshot.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a migrated database is the committed snapshot; if not, run "node scripts/schema-snapshot.ts" and review the difference', async () => {
  const committed = await readFile(path.resolve('migrations/schema.snapshot.txt'), 'utf8');
  expect(await schemaSnapshot(database.pool('owner'))).toBe(committed);
});

test.each([
  ['a column', 'ALTER TABLE customers ADD note text'],
  ['a default', "ALTER TABLE customers ALTER time_zone SET DEFAULT 'Europe/Berlin'"],
  ['a constraint', 'ALTER TABLE customers ADD CHECK (length(key) < 100)'],
  ['an index', 'CREATE INDEX ON customers (organization_id, email)'],
  ['a policy', 'DROP POLICY one_organization ON customers'],
  ['row-level security', 'ALTER TABLE customers DISABLE ROW LEVEL SECURITY'],
  ['a trigger', 'DROP TRIGGER immutable_rows ON invoices'],
  [
    'a function',
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
  ],
  ['a grant', 'GRANT DELETE ON invoices TO tollbook_api'],
  ['a grant on a function', 'GRANT EXECUTE ON FUNCTION find_api_key(bytea) TO PUBLIC'],
  ['a storage setting', 'ALTER TABLE usage_hourly SET (fillfactor = 100)'],
])('the snapshot shows a change of %s', async (_, change) => {
  const client = await database.pool('owner').connect();
  try {
    const before = await schemaSnapshot(client);
    await client.query('BEGIN');
    await client.query(change);
    expect(await schemaSnapshot(client)).not.toBe(before);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
