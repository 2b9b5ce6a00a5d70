import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { inTransaction } from '#libs/database/transaction.ts';
import {
  batchOf,
  usageEvent as event,
  HOUR_START,
  ORGANIZATION,
  startMetering,
  type TestMetering,
} from '#tests/support/metering.ts';
import { HOUR } from '../hour.ts';
import { readUsage } from './read-usage.ts';
import { readWatermark } from './read-watermark.ts';
import type { UsageRequest } from './usage-request.ts';

let metering: TestMetering;

beforeAll(async () => {
  metering = await startMetering();
  await metering.meter({ key: 'calls' });
  await metering.meter({ key: 'bytes', aggregation: 'sum', value_property: 'bytes', group_by: ['region'] });
});
afterAll(() => metering.database.drop());
beforeEach(() => metering.clear());

const read = (requests: readonly UsageRequest[], organizationId = ORGANIZATION) =>
  inTransaction(
    metering.worker,
    async (tx) => ({ watermark: await readWatermark(tx), usage: await readUsage(tx, organizationId, requests) }),
    'REPEATABLE READ READ ONLY',
  );
const day = { names: ['acme'], from: HOUR_START - 10 * HOUR, to: HOUR_START + 14 * HOUR };

test('answers in the order asked, groups together, with how far the log was applied', async () => {
  await metering.apply([
    batchOf(0, 0n, [
      event('a', { properties: { bytes: '90071992547409930.000000000000001', region: 'eu' } }),
      event('b', { properties: { bytes: '0.3', region: 'us' }, time: HOUR_START + 2 * HOUR }),
      event('c', { customer: 'other', properties: { bytes: '7' } }),
    ]),
    batchOf(2, 0n, [event('d', { time: HOUR_START - 10 * HOUR - 1, properties: { bytes: '1000' } })]),
  ]);
  const { usage, watermark } = await read([
    { ...day, meter: 'bytes', names: ['other'] },
    { ...day, meter: 'bytes', names: ['nobody'] },
    { ...day, meter: 'bytes' },
    { ...day, meter: 'calls' },
  ]);
  expect(usage.flat().map(({ quantity, eventCount }) => [quantity, eventCount])).toEqual([
    ['7', '1'],
    ['0', '0'],
    ['90071992547409930.300000000000001', '2'],
    ['2', '2'],
  ]);
  expect(usage[2]?.[0]?.digest).toBe(usage[3]?.[0]?.digest);
  expect(usage[1]?.[0]?.digest).toBe('0');
  expect(watermark).toEqual({ epoch: 1, offsets: { '0': '3', '1': '0', '2': '1' } });
});

test('thousands of requests are one statement, and one more for parts of hours', async () => {
  await metering.apply([batchOf(0, 0n, [event('a')])]);
  const requests = Array.from({ length: 3000 }, (_, n) => ({
    ...day,
    meter: 'calls',
    names: [n === 2999 ? 'acme' : `c${n}`],
  }));
  const statements: string[] = [];
  const usage = await inTransaction(
    metering.worker,
    (tx) => {
      const watched = {
        query: (...call: [never]) => {
          const [statement] = call as unknown as [string | { text: string }];
          statements.push(typeof statement === 'string' ? statement : statement.text);
          return tx.query(...call);
        },
      };
      return readUsage(watched as unknown as typeof tx, ORGANIZATION, requests);
    },
    'REPEATABLE READ READ ONLY',
  );
  expect(usage.at(-1)?.[0]?.quantity).toBe('1');
  expect(statements.filter((text) => text.includes('usage_hourly'))).toHaveLength(1);
  expect(statements.filter((text) => text.includes('usage_events'))).toHaveLength(0);
});

test('offsets and usage are of one snapshot, whatever is applied in between', async () => {
  let going = true;
  let applied = 0;
  const writer = (async () => {
    for (; going; applied += 1) await metering.apply([batchOf(0, BigInt(applied), [event(`e${applied}`)])]);
  })();
  try {
    const seen = new Set<string>();
    while (seen.size < 30) {
      const half = { ...day, from: HOUR_START - HOUR / 2, to: HOUR_START + HOUR / 2 };
      const { usage, watermark } = await read([
        { ...day, meter: 'calls' },
        { ...half, meter: 'calls' },
      ]);
      expect(usage.flat().map(({ quantity }) => quantity)).toEqual([watermark.offsets['0'], watermark.offsets['0']]);
      seen.add(watermark.offsets['0'] as string);
    }
  } finally {
    going = false;
    await writer;
  }
});

test('another organization has nothing of it', async () => {
  await expect(read([{ ...day, meter: 'calls' }], 2)).rejects.toThrow(RangeError);
});
