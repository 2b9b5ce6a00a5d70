import type { Admin } from 'kafkajs';
import type { Logger } from '#libs/telemetry/logger.ts';
import { within } from '../deliver.ts';
import { createKafkaClient, type KafkaClient, letGo } from './client.ts';

/** Questions to the cluster. One connection is kept; after a failure the next question opens a new one. */
export interface KafkaAdmin {
  /** @throws Error with one sentence when the cluster does not answer in time. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface KafkaAdminOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly timeoutMs?: number;
  readonly logger?: Logger | undefined;
}

const CLOSE_WITHIN_MS = 500;

export function createKafkaAdmin(options: KafkaAdminOptions): KafkaAdmin {
  const timeoutMs = options.timeoutMs ?? 5_000;
  let current: { client: KafkaClient; admin: Admin; connected: Promise<void> } | undefined;

  const connection = () => {
    if (current) return current;
    const client = createKafkaClient({
      brokers: options.brokers,
      clientId: options.clientId,
      requestTimeoutMs: 2_000,
      retries: 2,
      logger: options.logger,
    });
    const admin = client.kafka.admin();
    current = { client, admin, connected: admin.connect() };
    return current;
  };
  const drop = async (dropped: NonNullable<typeof current>) => {
    if (current === dropped) current = undefined;
    await letGo(dropped.client, () => dropped.admin.disconnect(), CLOSE_WITHIN_MS);
  };
  return {
    async ask(question) {
      const used = connection();
      try {
        return await within(
          used.connected.then(() => question(used.admin)),
          timeoutMs,
          'time-out',
        );
      } catch (error) {
        void drop(used);
        throw describe(error as Error & { type?: string }, options.brokers);
      }
    },
    async close() {
      if (current) await drop(current);
    },
  };
}

/** Connection troubles become one sentence; what the cluster itself said is passed on. */
function describe(error: Error & { type?: string; cause?: unknown }, brokers: readonly string[]): Error {
  if (error.type) return error;
  if (
    !/Connection|Request.*[Tt]imed out|time-out|ECONN|ENOTFOUND|Retries|No broker/.test(
      `${error.name} ${error.message}`,
    )
  )
    return error;
  return new Error(
    `Kafka does not answer at ${brokers.join(', ')} (${error.message}): check that it runs and that KAFKA_BROKERS is right.`,
    { cause: error },
  );
}
