import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createDeadLetterTopic,
  DEAD_LETTER_PARTITIONS,
  type DeadLetterTopic,
  deadLetterTopicOf,
} from '#libs/event-log/kafka/dead-letter-topic.ts';
import { provisionTopic } from '#libs/event-log/kafka/provision-topic.ts';
import { createMetrics } from '#libs/telemetry/metrics.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { batchOf, startMetering, type TestMetering, usageEvent } from '#tests/support/metering.ts';
import { readTopic } from '#tests/support/read-topic.ts';
import { testBrokers } from '#tests/support/topic.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { startHousekeeping } from './housekeeping.ts';

const topic = `housekeeping-${randomUUID()}`;
const metrics = createMetrics({ service: 'test', defaults: false });
let metering: TestMetering;
let deadLetterTopic: DeadLetterTopic;
let housekeeping: { stop(): Promise<void> };

beforeAll(async () => {
  metering = await startMetering();
  await metering.meter({ key: 'calls' });
  // What no meter of its type can read is a dead letter.
  await metering.meter({ key: 'strict', event_type: 'strict', aggregation: 'sum', value_property: 'bytes' });
  await metering.apply([
    batchOf(0, 0n, [
      usageEvent('a'),
      Buffer.from('poison'),
      usageEvent('b', { type: 'strict', properties: { bytes: 'x' } }),
    ]),
  ]);
  deadLetterTopic = createDeadLetterTopic({ brokers: testBrokers(), topic, clientId: 'test' });
  housekeeping = startHousekeeping({
    pool: metering.worker,
    log: { bounds: async () => [0, 1].map((partition) => ({ partition, low: 0n, high: 10n })) },
    logger: testLogger(),
    metrics,
    deadLetterTopic,
    everyMs: 50,
  });
});
afterAll(async () => {
  await housekeeping?.stop();
  await deadLetterTopic?.close();
  await metering?.database.drop();
});

/** Looks at counters take a fiftieth of the time: where one takes a second, the next one waits for most of a minute. */
const PATIENCE_MS = 90_000;

const metric = async (name: string, label = '') =>
  Number(new RegExp(`^${name}\\{${label}[^}]*\\} (\\S+)$`, 'm').exec(await metrics.registry.metrics())?.[1]);

test('says how far counting is behind, which dead letters there are, and when counters do not match', async () => {
  await waitFor(async () => (await metric('tollbook_log_behind_records')) === 17, { describe: 'what is behind' });
  expect(await metric('tollbook_dead_letters', 'reason="undecodable"')).toBe(1);
  expect(await metric('tollbook_dead_letters', 'reason="unreadable_value"')).toBe(1);
  expect(await metric('tollbook_unexplained_records')).toBe(0);
  await metering.owner.query(
    "UPDATE meter_counts SET event_count = 4 WHERE meter_id = (SELECT id FROM meters WHERE key = 'calls')",
  );
  await waitFor(async () => (await metric('tollbook_unexplained_records')) === 3, {
    describe: 'the difference',
    timeoutMs: PATIENCE_MS,
  });
  await metering.owner.query(
    "UPDATE meter_counts SET event_count = 1 WHERE meter_id = (SELECT id FROM meters WHERE key = 'calls')",
  );
  await waitFor(async () => (await metric('tollbook_unexplained_records')) === 0, {
    describe: 'no difference',
    timeoutMs: PATIENCE_MS,
  });
}, 200_000);

test('dead letters reach their topic as soon as it is there, byte for byte, with reason and place', async () => {
  await provisionTopic({
    brokers: testBrokers(),
    topic: deadLetterTopicOf(topic),
    partitions: DEAD_LETTER_PARTITIONS,
    retentionDays: 1,
    onWarning: () => {},
  });
  // One may be there twice: at least once is the promise.
  const offsets = (messages: readonly { headers?: object }[]) =>
    new Set(messages.map(({ headers }) => String((headers as Record<string, unknown>).offset)));
  const messages = await readTopic(testBrokers(), deadLetterTopicOf(topic), (all) => offsets(all).size === 2);
  const seen = new Map(
    messages.map(({ value, headers = {} }) => {
      const { offset, reason, partition, epoch, organization } = Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [name, String(header)]),
      );
      return [offset, { value: String(value), reason, partition, epoch, organization }];
    }),
  );
  expect(seen.get('1')).toEqual({
    value: 'poison',
    reason: 'undecodable',
    partition: '0',
    epoch: '1',
    organization: '0',
  });
  expect(seen.get('2')).toMatchObject({ reason: 'unreadable_value', organization: '1' });
  await waitFor(
    async () => (await metering.owner.query('SELECT FROM dead_letters WHERE published_at IS NULL')).rowCount === 0,
    { describe: 'both to be noted as published' },
  );
});
