import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { readUsageWithWatermark } from './read-usage-with-watermark.ts';

let database: TestDatabase;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
});
afterAll(() => database?.drop());

const LARGEST_HASH = (2n ** 256n - 1n).toString();

async function addHour(
  organizationId: number,
  customer: string,
  hour: string,
  group: string,
  total: string,
  digest: string,
) {
  await owner.query('INSERT INTO usage_hourly VALUES ($1, 1, $2, $3, $4, 2, $5, $6, 1)', [
    organizationId,
    customer,
    hour,
    group,
    total,
    digest,
  ]);
}

test('sums groups and hours of the period only, exactly, and answers in the order asked', async () => {
  await addHour(1, 'acme', '2026-02-28T23:00Z', '', '1000', '1');
  await addHour(1, 'acme', '2026-03-01T00:00Z', '{"a":1}', '0.1', LARGEST_HASH);
  await addHour(1, 'acme', '2026-03-01T00:00Z', '{"a":2}', '0.2', '5');
  await addHour(1, 'acme', '2026-03-31T23:00Z', '', '90071992547409930.000000000000001', '3');
  await addHour(1, 'acme', '2026-04-01T00:00Z', '', '1000', '1');
  await addHour(1, 'other', '2026-03-05T00:00Z', '', '7', '9');
  await addHour(2, 'acme', '2026-03-05T00:00Z', '', '1000', '1');
  await owner.query(
    'INSERT INTO log_offsets (partition, epoch, next_offset) VALUES (0, 1, 10), (1, 2, 9007199254740993)',
  );
  const march = { meterId: 1, from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
  const read = await inTransaction(
    database.pool('tollbook_worker'),
    (tx) =>
      readUsageWithWatermark(tx, 1, [
        { ...march, customer: 'other' },
        { ...march, customer: 'nobody' },
        { ...march, customer: 'acme' },
        { ...march, customer: 'other', meterId: 2 },
      ]),
    'REPEATABLE READ READ ONLY',
  );
  const none = { quantity: '0', eventCount: '0', digest: '0' };
  expect(read.usage).toEqual([
    { quantity: '7', eventCount: '2', digest: '9' },
    none,
    // The digests wrap around at 2^256.
    { quantity: '90071992547409930.300000000000001', eventCount: '6', digest: '7' },
    none,
  ]);
  expect(read.watermark).toEqual({ epoch: 2, offsets: { '0': '10', '1': '9007199254740993' } });
});

test('offsets and usage are of one snapshot, whatever is applied in between', async () => {
  const usage = { meterId: 1, customer: 'busy', from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' };
  await addHour(3, 'busy', '2026-03-01T00:00Z', '', '0', '0');
  const applied = () =>
    inTransaction(owner, async (tx) => {
      await tx.query('UPDATE log_offsets SET next_offset = next_offset + 1 WHERE partition = 0');
      await tx.query("UPDATE usage_hourly SET total = total + 1 WHERE organization_id = 3 AND customer = 'busy'");
    });
  let going = true;
  const writer = (async () => {
    while (going) await applied();
  })();
  try {
    for (let at = 0; at < 200; at += 1) {
      const read = await inTransaction(
        owner,
        (tx) => readUsageWithWatermark(tx, 3, [usage]),
        'REPEATABLE READ READ ONLY',
      );
      expect(Number(read.usage[0]?.quantity) + 10).toBe(Number(read.watermark.offsets['0']));
    }
  } finally {
    going = false;
    await writer;
  }
  expect((await owner.query('SELECT next_offset FROM log_offsets WHERE partition = 0')).rows[0].next_offset).not.toBe(
    '10',
  );
});
