import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { quietIdle } from '#libs/event-log/kafka/quiet-idle.ts';
import { type OwnCost, startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';

/* The limit of reading the log: every record of a topic handed over once, nothing done with it. The clock starts with the first batch. */

export interface ConsumeOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly events: number;
}

/** The fetch size that keeps a consumer small, see the Kafka subscription of the event log. */
const BYTES_PER_PARTITION = 256 * 1024;

serveWorker<ConsumeOptions, null, OwnCost>(async ({ brokers, topic, events }) => {
  quietIdle();
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, maxBytesPerPartition: BYTES_PER_PARTITION });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return {
    info: null,
    async run() {
      const result = await new Promise<OwnCost>((resolve, reject) => {
        let seen = 0;
        let cost: (() => OwnCost) | undefined;
        const eachBatch = async (count: number): Promise<void> => {
          cost ??= startOwnCost();
          seen += count;
          if (seen >= events) resolve(cost());
        };
        consumer.run({ autoCommit: false, eachBatch: ({ batch }) => eachBatch(batch.messages.length) }).catch(reject);
      });
      await consumer.disconnect();
      return result;
    },
  };
});
