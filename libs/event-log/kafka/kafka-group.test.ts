import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { createTestTopic, testBrokers } from '#tests/support/topic.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { EventLog, RecordBatch } from '../event-log.ts';
import { endOf, PARTITIONS, read, recordFor } from '../place.contract.ts';
import { createKafkaLog } from './kafka-log.ts';

/* What only Kafka has: a group that shares out partitions and watches over its members. */

const brokers = testBrokers();
const opened: EventLog[] = [];
afterEach(() => Promise.all(opened.splice(0).map((log) => log.close())));

async function open(topic: string, groupId: string): Promise<EventLog> {
  const log = await createKafkaLog({ brokers, topic, clientId: 'test', groupId });
  opened.push(log);
  return log;
}

test('two members share the partitions; when one leaves the other goes on where the database says, without loss', async () => {
  const topic = await createTestTopic();
  const [a, b] = await Promise.all([open(topic, topic), open(topic, topic)]);
  // The one true place to go on, as the database keeps it. A late finisher is fenced by it, as in the aggregator's transaction.
  const applied = new Map<number, bigint>();
  const counted: string[] = [];
  const subscriber = {
    positions: async (partitions: readonly number[]) =>
      new Map(partitions.map((each) => [each, applied.get(each) ?? 0n])),
    async handle(batch: RecordBatch) {
      const at = applied.get(batch.partition) ?? 0n;
      for (const record of batch.records) if (record.offset >= at) counted.push(record.value.toString());
      applied.set(batch.partition, endOf(batch) > at ? endOf(batch) : at);
      return { next: applied.get(batch.partition) as bigint };
    },
  };
  const one = await read(a, subscriber);
  const two = await b.subscribe({ ...subscriber, onTrouble: () => {} });
  await waitFor(() => two.partitions().length > 0 && two.partitions().length < PARTITIONS, {
    timeoutMs: 30_000,
    describe: () => `both to hold partitions; the second holds ${two.partitions()}`,
  });
  const send = async (prefix: string) => {
    const values = Array.from({ length: 200 }, (_, index) => `${prefix}${index}`);
    await Promise.all(values.map((value, index) => a.append([recordFor(index, value)])));
    return values;
  };
  const first = await send('first');
  await waitFor(() => counted.length >= 200, {
    timeoutMs: 30_000,
    describe: () => `200 records, ${counted.length} counted`,
  });
  await two.close();
  const second = await send('second');
  await waitFor(() => counted.length >= 400, {
    timeoutMs: 30_000,
    describe: () => `400 records, ${counted.length} counted`,
  });
  expect(counted.sort()).toEqual([...first, ...second].sort());
  expect(one.troubles.filter(({ halted }) => halted)).toEqual([]);
}, 120_000);

test('a handler that takes longer than the session keeps its partitions: the heartbeat does not wait for it', async () => {
  const topic = await createTestTopic();
  const log = await open(topic, topic);
  let joins = 0;
  let calls = 0;
  const reader = await read(log, {
    async positions(partitions) {
      joins += 1;
      return new Map(partitions.map((each) => [each, 0n]));
    },
    async handle(batch) {
      calls += 1;
      // The length of the work is what is tested: beyond the session time-out of 10 s.
      if (batch.partition === 0 && batch.records[0]?.offset === 0n)
        await new Promise((resolve) => setTimeout(resolve, 12_000));
      return { next: endOf(batch) };
    },
  });
  await log.append([recordFor(0, 'slow'), recordFor(1, 'quick')]);
  await waitFor(() => reader.values(1).length === 1, { describe: 'the partition beside the slow one' });
  await waitFor(() => reader.values(0).length === 1, { timeoutMs: 20_000, describe: 'the slow one' });
  await log.append([recordFor(0, 'next')]);
  await waitFor(() => reader.values(0).length === 2, { timeoutMs: 20_000, describe: 'the record after it' }).catch(
    () => {},
  );
  expect([joins, calls]).toEqual([1, 3]);
}, 60_000);

test('what the group remembers is not believed: only the subscriber says where to read', async () => {
  const topic = await createTestTopic();
  const groupId = randomUUID();
  const log = await open(topic, groupId);
  await log.append(Array.from({ length: 10 }, (_, index) => recordFor(0, String(index))));
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '9' }] });
  await admin.disconnect();
  const reader = await read(log, { positions: async () => new Map([[0, 4n]]) });
  await waitFor(() => reader.values(0).length === 6, { describe: 'the records from 4 on' });
  expect(reader.values(0)).toEqual(['4', '5', '6', '7', '8', '9']);
});

test('how far the group is, is told to Kafka as a hint', async () => {
  const topic = await createTestTopic();
  const groupId = randomUUID();
  const log = await open(topic, groupId);
  await log.append(Array.from({ length: 7 }, (_, index) => recordFor(2, String(index))));
  const reader = await read(log);
  await waitFor(() => reader.count() === 7, { describe: 'the records' });
  await reader.close();
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  await admin.disconnect();
  expect(offsets?.partitions.find(({ partition }) => partition === 2)?.offset).toBe('7');
});

test('retention that overtakes a reader stops the partition instead of skipping', async () => {
  const topic = await createTestTopic();
  const log = await open(topic, topic);
  const values = Array.from({ length: 3_000 }, (_, index) => recordFor(0, Buffer.alloc(1_000, index % 256)));
  await log.append(values);
  const nothing = () => {};
  let release = nothing;
  const reader = await read(log, {
    async handle(batch) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return { next: endOf(batch) };
    },
  });
  await waitFor(() => release !== nothing, { describe: 'the first batch in hand' });
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.fetchTopicMetadata({ topics: [topic] });
  // While the first batches wait in memory, everything up to far behind them is removed.
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2900' }] });
  await admin.disconnect();
  const releasing = setInterval(() => release(), 5);
  await waitFor(() => reader.troubles.some(({ halted }) => halted), {
    timeoutMs: 20_000,
    describe: () => `the trouble; ${reader.count()} records came`,
  });
  clearInterval(releasing);
  expect(reader.troubles.at(-1)).toEqual({
    partition: 0,
    halted: true,
    message: expect.stringMatching(/no longer in the log/),
  });
  expect(reader.count()).toBeLessThan(2_900);
}, 60_000);
