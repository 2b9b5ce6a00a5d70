import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { createTestTopic } from '#tests/support/topic.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import type { AppendOutcome, EventLog } from '../event-log.ts';
import { expectStored, PARTITIONS, read, readEverything, recordFor } from '../place.contract.ts';
import { createKafkaLog } from './kafka-log.ts';

/*
 * Three nodes, three copies. Leaders are frozen one after the other while many one-record appends run to all partitions: the case in
 * which kafkajs acknowledges what it never wrote if a send spans leaders.
 */

let kafka: KafkaHandle;
let topic: string;
const opened: EventLog[] = [];

beforeAll(async () => {
  kafka = await startKafka({ nodes: 3 });
  topic = await createTestTopic({ brokers: kafka.brokers, partitions: PARTITIONS });
}, 90_000);
afterAll(async () => {
  await Promise.all(opened.map((log) => log.close()));
  await kafka?.stop();
}, 30_000);

async function open(groupId: string): Promise<EventLog> {
  const log = await createKafkaLog({ brokers: kafka.brokers, topic, clientId: 'failover', groupId });
  opened.push(log);
  return log;
}

test('leaders frozen one after the other: nothing acknowledged is missing, appends and the reader go on', async () => {
  const log = await open('live');
  const reader = await read(log);
  const acknowledged: [string, AppendOutcome][] = [];
  let stop = false;
  let count = 0;
  const writers = Array.from({ length: 12 }, async (_, writer) => {
    while (!stop) {
      const value = `${writer}-${count++}`;
      const [outcome] = await log.append([recordFor(count, value)]);
      acknowledged.push([value, outcome as AppendOutcome]);
    }
  });
  const durable = () => acknowledged.filter(([, { status }]) => status === 'durable').length;
  const flow = async (what: string) => {
    const before = durable();
    await waitFor(() => durable() > before + 500, { timeoutMs: 30_000, describe: `appends to flow ${what}` });
  };
  for (let node = 0; node < 3; node += 1) {
    await flow(`before node ${node} is frozen`);
    kafka.freeze(node);
    // The time is the fault: longer than the session of a broker (2 s), so that its partitions move, and than a request may take.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    kafka.resume(node);
  }
  await flow('at the end');
  stop = true;
  await Promise.all(writers);
  const stored = await readEverything(await open('afterwards'));
  expectStored(stored, acknowledged);
  // The reader that lived through it saw the same log.
  const total = [...stored.values()].flat().length;
  await waitFor(() => reader.count() >= total, {
    timeoutMs: 60_000,
    describe: () => `${total} records, ${reader.count()} came; ${JSON.stringify(reader.troubles)}`,
  });
  for (const [partition, values] of stored) expect(reader.values(partition)).toEqual(values);
  expect(reader.troubles.filter(({ halted }) => halted)).toEqual([]);
}, 180_000);
