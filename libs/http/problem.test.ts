import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { toApiError } from './problem.ts';

/* Errors as a real Postgres and a real driver throw them. */

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool('owner');
});
afterAll(() => database.drop());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error) => toApiError(error).code,
  );

test('a server that is not there', async () => {
  const nowhere = createPool({
    connectionString: 'postgres://a:b@localhost:1/x',
    role: 'owner',
    applicationName: 'test',
  });
  expect(await codeOf(nowhere.query('SELECT 1'))).toBe('unavailable');
  await nowhere.end();
});

test('a connection that is cut in the middle', async () => {
  const cut = inTransaction(pool, async (tx) => {
    const { rows } = await tx.query('SELECT pg_backend_pid() AS pid');
    await Promise.all([tx.query('SELECT pg_sleep(30)'), pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid])]);
  });
  expect(await codeOf(cut)).toBe('unavailable');
});

test.each([
  ['a statement that took too long', "SET LOCAL statement_timeout = '10ms'", 'SELECT pg_sleep(5)'],
  ['a lock that was not to be had', "SET LOCAL lock_timeout = '10ms'", 'SELECT pg_advisory_xact_lock(1)'],
])('%s', async (_name, setting, statement) => {
  const work = inTransaction(pool, async (holder) => {
    await holder.query('SELECT pg_advisory_xact_lock(1)');
    await inTransaction(pool, async (tx) => {
      await tx.query(setting);
      await tx.query(statement);
    });
  });
  expect(await codeOf(work)).toBe('unavailable');
});

test.each([
  'SELECT nothing',
  'SELECT 1/0',
  "SELECT 'x'::integer",
  'INSERT INTO organizations (id, name, grace_minutes) VALUES (1, 1, -1)',
])('%s is a fault in the code, and tells nothing', async (sql) => {
  const error = await pool.query(sql).catch(toApiError);
  expect(error).toMatchObject({
    code: 'internal_error',
    message: expect.not.stringMatching(/nothing|zero|syntax|grace/),
  });
});
