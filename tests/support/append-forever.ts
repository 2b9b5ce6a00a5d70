import { createPool } from '#libs/database/pool.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { createKafkaLog } from '#libs/event-log/kafka/kafka-log.ts';
import { createPostgresLog } from '#libs/event-log/postgres/postgres-log.ts';

/*
 * A process that appends to a log until it is killed, and prints each value once it was told that it is durable. Started by the
 * contract tests of the log with one argument, an AppendTarget as JSON.
 */

export type AppendTarget =
  | { readonly kind: 'kafka'; readonly brokers: string[]; readonly topic: string }
  | { readonly kind: 'postgres'; readonly url: string };

const target = JSON.parse(process.argv[2] as string) as AppendTarget;

function open(): Promise<EventLog> {
  if (target.kind === 'kafka')
    return createKafkaLog({ brokers: target.brokers, topic: target.topic, clientId: 'append-forever' });
  return createPostgresLog({
    pool: createPool({ connectionString: target.url, role: 'tollbook_api', applicationName: 'append-forever' }),
  });
}

const log = await open();
const writers = Array.from({ length: 8 }, async (_, writer) => {
  for (let round = 0; ; round += 1) {
    const values = Array.from({ length: 5 }, (_, index) => `${writer}-${round}-${index}`);
    const key = Buffer.alloc(4);
    key.writeUInt32BE(writer);
    const outcomes = await log.append(values.map((value) => ({ partitionKey: key, value: Buffer.from(value) })));
    const durable = values.filter((_, index) => outcomes[index]?.status === 'durable');
    // Standard output is a pipe: written before the next append begins.
    if (durable.length > 0) process.stdout.write(`${durable.join('\n')}\n`);
  }
});
await Promise.all(writers);
