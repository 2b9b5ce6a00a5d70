import type { Producer } from 'kafkajs';
import type { Logger } from '#libs/telemetry/logger.ts';
import type { LogRecord } from '../event-log.ts';
import { createKafkaClient, letGo } from './client.ts';

/**
 * Writes batches to single partitions with acks=all. The caller keeps one outstanding send per partition.
 *
 * kafkajs can acknowledge records that it never wrote: when one send spans leaders, and when an idempotent producer reuses a
 * sequence number after a failure. So one send covers one partition, the producer is not idempotent, and an answer counts only if it
 * holds exactly this partition with an offset.
 */
export interface Sender {
  connect(): Promise<void>;
  /** The offset of the first record. Rejects when it is not known whether the records were written. */
  send(partition: number, records: readonly LogRecord[]): Promise<bigint>;
  close(timeoutMs: number): Promise<void>;
}

export interface SenderOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly logger?: Logger | undefined;
}

const ALL_REPLICAS = -1;

export function createSender(options: SenderOptions): Sender {
  const client = createKafkaClient({
    brokers: options.brokers,
    clientId: options.clientId,
    requestTimeoutMs: options.requestTimeoutMs,
    // More attempts are decided by the appender, which knows who still waits.
    retries: 1,
    logger: options.logger,
  });
  const producer: Producer = client.kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    metadataMaxAge: 60_000,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition as number,
  });
  return {
    connect: () => producer.connect(),
    async send(partition, records) {
      const answers = await producer.send({
        topic: options.topic,
        acks: ALL_REPLICAS,
        timeout: options.requestTimeoutMs,
        // Without keys: nothing reads them, and the partition is named.
        messages: records.map(({ value }) => ({ partition, value })),
      });
      const answer = answers[0];
      // Without a leader kafkajs sends nothing and resolves with no answers.
      if (
        answers.length !== 1 ||
        answer?.partition !== partition ||
        answer.errorCode !== 0 ||
        !/^\d+$/.test(answer.baseOffset ?? '')
      ) {
        throw new Error(`partition ${partition} was not confirmed by its leader`);
      }
      return BigInt(answer.baseOffset as string);
    },
    close: (timeoutMs) => letGo(client, () => producer.disconnect(), timeoutMs),
  };
}
