import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka } from '#scripts/services/kafka.ts';
import { createTestTopic } from '#tests/support/topic.ts';
import { eventLogContract } from '../event-log.contract.ts';
import type { EventLog } from '../event-log.ts';
import type { LogServer } from '../place.contract.ts';
import { createKafkaLog } from './kafka-log.ts';

async function startServer(): Promise<LogServer> {
  const kafka = await startKafka();
  const { brokers } = kafka;
  return {
    freeze: () => kafka.freeze(),
    resume: () => kafka.resume(),
    restart: () => kafka.restart(),
    stop: () => kafka.stop(),
    async place() {
      const topic = await createTestTopic({ brokers });
      const opened: EventLog[] = [];
      return {
        target: { kind: 'kafka', brokers, topic },
        async open(options = {}) {
          // A group of its own: each reader of the contract wants all partitions.
          const log = await createKafkaLog({ brokers, topic, clientId: 'contract', groupId: randomUUID(), ...options });
          opened.push(log);
          return log;
        },
        async removeBefore(partition, offset) {
          const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
          await admin.connect();
          // kafkajs looks for the leaders in what it has loaded before.
          await admin.fetchTopicMetadata({ topics: [topic] });
          await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
          await admin.disconnect();
        },
        async close() {
          await Promise.all(opened.map((log) => log.close()));
        },
      };
    },
  };
}

describe('the event log in Kafka', () => eventLogContract(startServer));
