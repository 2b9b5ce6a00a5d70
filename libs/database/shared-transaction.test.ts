import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { ChangedMeanwhile } from './changed-meanwhile.ts';
import type { Pool } from './pool.ts';
import { inSharedTransaction } from './shared-transaction.ts';
import { inTransaction } from './transaction.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool('owner');
  await pool.query('CREATE TABLE notes (text text PRIMARY KEY)');
});
afterAll(() => database?.drop());
beforeEach(() => pool.query('TRUNCATE notes'));

const note = (text: string) => inTransaction(pool, (tx) => tx.query('INSERT INTO notes VALUES ($1)', [text]));
/** By another connection, outside of all of them. */
const stored = async () => (await pool.query('SELECT text FROM notes ORDER BY text')).rows.map(({ text }) => text);
const seen = () =>
  inTransaction(pool, async (tx) =>
    (await tx.query('SELECT text FROM notes ORDER BY text')).rows.map(({ text }) => text),
  );
const begin = async () => {};
const shared = inSharedTransaction<void>;

test('all that was written is committed at once, with the last statement', async () => {
  await shared({ pool, begin }, async (commit) => {
    await note('a');
    await note('b');
    expect([await seen(), await stored()]).toEqual([['a', 'b'], []]);
    await commit(async (tx) => void (await tx.query("INSERT INTO notes VALUES ('last')")));
    expect(await stored()).toEqual(['a', 'b', 'last']);
  });
});

test('without a commit, or after an error, nothing stays', async () => {
  await shared({ pool, begin }, () => note('a').then(() => {}));
  await expect(
    shared({ pool, begin }, async () => {
      await note('a');
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await expect(
    shared({ pool, begin }, async (commit) => {
      await note('a');
      await commit(() => Promise.reject(new Error('too late')));
    }),
  ).rejects.toThrow('too late');
  expect(await stored()).toEqual([]);
  expect(pool.idleCount).toBe(pool.totalCount);
});

test('an error takes back the transaction that it was thrown in, and no other', async () => {
  await shared({ pool, begin }, async (commit) => {
    await note('a');
    await expect(note('a')).rejects.toThrow('duplicate key');
    await note('b');
    await commit(begin);
  });
  expect(await stored()).toEqual(['a', 'b']);
});

test('those at the same time take turns, and one within another is part of it', async () => {
  await shared({ pool, begin }, async (commit) => {
    await Promise.all(['a', 'b', 'c'].map(note));
    await inTransaction(pool, async (tx) => {
      await tx.query("INSERT INTO notes VALUES ('outer')");
      await note('inner');
    });
    await commit(begin);
  });
  expect(await stored()).toEqual(['a', 'b', 'c', 'inner', 'outer']);
});

test('what only reads holds no connection; the first that writes is held', async () => {
  const began: number[] = [];
  const busy = () => pool.totalCount - pool.idleCount;
  await shared({ pool, begin: async () => void began.push(busy()) }, async (commit) => {
    await seen();
    await seen();
    expect([began.length, busy()]).toEqual([2, 0]);
    await note('a');
    await note('b');
    expect([began.length, busy()]).toEqual([3, 1]);
    await commit(begin);
    expect(busy()).toBe(0);
  });
});

test('a snapshot before the first write is one of its own; after it there is none', async () => {
  const snapshot = () => inTransaction(pool, async () => 'seen', 'REPEATABLE READ READ ONLY');
  await shared({ pool, begin }, async (commit) => {
    expect(await snapshot()).toBe('seen');
    await note('a');
    await expect(snapshot()).rejects.toThrow(ChangedMeanwhile);
    await commit(begin);
  });
});

test('what goes on after the commit, or on another pool, has transactions of its own', async () => {
  let later: Promise<unknown> = Promise.resolve();
  const other = database.pool('tollbook_api');
  await shared({ pool, begin }, async (commit) => {
    await note('a');
    expect(await inTransaction(other, async (tx) => (await tx.query('SELECT current_user AS me')).rows[0].me)).toBe(
      'tollbook_api',
    );
    await commit(begin);
    later = note('later');
  });
  await later;
  expect(await stored()).toEqual(['a', 'later']);
});
