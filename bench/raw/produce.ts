import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { provisionTopic } from '#libs/event-log/kafka/provision-topic.ts';
import { quietIdle } from '#libs/event-log/kafka/quiet-idle.ts';
import { encode } from '../inside/records.ts';
import { type OwnCost, startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';
import { benchEvents, type Workload } from '../workload.ts';

/* The limit of the broker and its client: the same records, acks=all, one outstanding send for each partition, nothing else to do. */

export interface ProduceOptions {
  readonly brokers: readonly string[];
  readonly workload: Workload;
  readonly partitions: number;
  readonly perSend: number;
}

serveWorker<ProduceOptions, { readonly topic: string }, OwnCost>(async ({ brokers, workload, partitions, perSend }) => {
  const topic = `bench-${randomUUID()}`;
  await provisionTopic({ brokers, topic, partitions, retentionDays: 1, onWarning: () => {} });
  quietIdle();
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: false, allowAutoTopicCreation: false });
  await producer.connect();
  const values = benchEvents(workload, Date.now()).map(encode);
  const producePartition = async (partition: number): Promise<void> => {
    for (let at = partition * perSend; at < values.length; at += partitions * perSend) {
      const messages = values.slice(at, at + perSend).map((value) => ({ partition, value }));
      await producer.send({ topic, acks: -1, messages });
    }
  };
  return {
    info: { topic },
    async run() {
      const cost = startOwnCost();
      await Promise.all(Array.from({ length: partitions }, (_, partition) => producePartition(partition)));
      const result = cost();
      await producer.disconnect();
      return result;
    },
  };
});
