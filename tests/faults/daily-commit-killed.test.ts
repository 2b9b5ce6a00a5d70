import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { startProcess } from '#tests/support/process.ts';
import { readTopic } from '#tests/support/read-topic.ts';
import { createTestTopic, testBrokers } from '#tests/support/topic.ts';

/*
 * Commits of one day, each by a process of its own, killed (-9) at one step after the other while usage grows. What the topic holds then comes
 * to what was used, and holds nothing twice.
 */

let database: TestDatabase;
let topic: string;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool('owner').query("INSERT INTO organizations (id, name) VALUES (1, 'one')");
  topic = await createTestTopic({ partitions: 1 });
});
afterAll(() => database?.drop());

const commit = (used: string, faultAt?: string) =>
  startProcess('tests/faults/daily-commit-with-fault.ts', {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: testBrokers().join(','),
    TOPIC: topic,
    DATE: '2026-11-01',
    USED: used,
    ...(faultAt !== undefined && { FAULT_AT: faultAt }),
  });

test('killed at every step, each difference reaches the topic once', async () => {
  for (const [used, step] of [
    ['1.5', 'read'],
    ['2', 'committed'],
    ['2.25', 'noted'],
    ['3', 'published'],
    // Again what the one before may or may not have sent.
    ['3', 'noted'],
    ['1', 'published'],
  ] as const) {
    const victim = commit(used, step);
    const [code, output] = [await victim.exited, victim.output()];
    // The second 'noted' finds what was published: nothing is left to be sent, but it is looked for.
    expect([step, code, output]).toEqual([step, null, `at ${step}\n`]);
  }
  const survivor = commit('1.25');
  expect([await survivor.exited, survivor.output()]).toEqual([0, '']);
  const messages = await readTopic(testBrokers(), topic, (all) =>
    all.some(({ key }) => key?.toString() === '1/2026-11-01/5'),
  );
  expect(messages.map(({ value }) => JSON.parse(String(value)))).toEqual(
    ['2', '0.25', '0.75', '-2', '0.25'].map((amount, index) => ({
      Id: `1/2026-11-01/${index + 1}`,
      TenantId: 'acme',
      ProductSKU: 'SKU-1',
      UseUnit: 'GB',
      TotalUsedAmount: amount,
      AggregationDate: '2026-11-01',
    })),
  );
  const { rows } = await database.pool('owner').query('SELECT records, sent, begun_at_offset FROM daily_commits');
  expect(rows).toEqual([{ records: 5, sent: 5, begun_at_offset: null }]);
}, 180_000);

test('what was committed stands', async () => {
  for (const sql of ['UPDATE daily_commit_records SET amount = 9', 'DELETE FROM daily_commit_records'])
    await expect(database.pool('owner').query(sql)).rejects.toThrow();
});
