import { connect, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import type { Logger } from '#libs/telemetry/logger.ts';
import { quietIdle } from './quiet-idle.ts';

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly retries: number;
  /** Gets what kafkajs says, at debug level: what matters to people is told by the adapter. */
  readonly logger?: Logger | undefined;
}

/** A kafkajs client whose connections can be cut: `disconnect()` waits for answers that a frozen broker never gives. */
export interface KafkaClient {
  readonly kafka: Kafka;
  cutConnections(): void;
}

const CONNECT_WITHIN_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;

export function createKafkaClient(options: KafkaClientOptions): KafkaClient {
  quietIdle();
  const sockets = new Set<Socket>();
  let cut = false;
  const kafka = new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: CONNECT_WITHIN_MS,
    requestTimeout: options.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 1_000,
      multiplier: 2,
      factor: 0.2,
      retries: options.retries,
      // A consumer that fails is rebuilt by the adapter, never by kafkajs, which forgets to in some cases.
      restartOnFailure: async () => false,
    },
    logLevel: options.logger ? logLevel.WARN : logLevel.NOTHING,
    logCreator:
      () =>
      ({ namespace, log: { message, error, broker } }) =>
        options.logger?.debug({ namespace, broker, error }, `kafkajs: ${message}`),
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (cut) socket.destroy(new Error('the client is closed'));
      return socket;
    },
  });
  return {
    kafka,
    cutConnections() {
      cut = true;
      for (const socket of sockets) socket.destroy(new Error('the client is closed'));
    },
  };
}

/** Disconnects in an orderly way if that is quick, otherwise by cutting the connections. Never rejects. */
export async function letGo(client: KafkaClient, disconnect: () => Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([disconnect().catch(() => {}), late]);
  clearTimeout(timer);
  client.cutConnections();
}
