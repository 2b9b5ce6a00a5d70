import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createPool } from './pool.ts';
import { inOrganization, inTransaction } from './transaction.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool('owner').query("INSERT INTO organizations (id, name) VALUES (1, 'one'), (2, 'two')");
});
afterAll(() => database.drop());

test('options in the address are kept and cannot take away the role, the tenant boundary or the time limits', async () => {
  const pool = createPool({
    connectionString: `${database.url}?options=${encodeURIComponent('-c geqo=off -c role=none -c statement_timeout=0')}`,
    role: 'tollbook_api',
    applicationName: 'test',
  });
  try {
    const { rows } = await pool.query(
      "SELECT current_user AS role, current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('geqo') AS geqo, (SELECT count(*)::integer FROM organizations) AS visible",
    );
    expect(rows).toEqual([{ role: 'tollbook_api', statement: '30s', idle: '10s', geqo: 'off', visible: 0 }]);
  } finally {
    await pool.end();
  }
});

test('numeric and bigint stay text, a date stays a date', async () => {
  const { rows } = await database
    .pool('owner')
    .query("SELECT 1.10::numeric AS n, 9007199254740993::bigint AS b, '2026-10-31'::date AS d");
  expect(rows).toEqual([{ n: '1.10', b: '9007199254740993', d: '2026-10-31' }]);
});

test('a transaction whose statement failed is not reported as committed, even if the error was swallowed', async () => {
  const attempt = inTransaction(database.pool('owner'), async (tx) => {
    await tx.query("INSERT INTO organizations (id, name) VALUES (3, 'three')");
    await tx.query('SELECT 1 / 0').catch(() => {});
  });
  await expect(attempt).rejects.toThrow(/rolled back/);
  expect((await database.pool('owner').query('SELECT FROM organizations WHERE id = 3')).rowCount).toBe(0);
});

test('a transaction of an organization sees that one, and the next on the same connection sees its own', async () => {
  const pool = createPool({ connectionString: database.url, role: 'tollbook_api', applicationName: 'test', max: 1 });
  const names = async (id: number) =>
    (await inOrganization(pool, id, (tx) => tx.query('SELECT name FROM organizations'))).rows.map(({ name }) => name);
  try {
    expect([await names(1), await names(2)]).toEqual([['one'], ['two']]);
    expect((await pool.query('SELECT FROM organizations')).rowCount).toBe(0);
  } finally {
    await pool.end();
  }
});
