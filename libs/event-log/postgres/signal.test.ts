import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createSignal } from './signal.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('once it is closed nothing of it holds the process', async () => {
  const signal = createSignal(database.pool('tollbook_worker'));
  const before = timers();
  await signal.close();
  expect(timers()).toBe(before);
});
