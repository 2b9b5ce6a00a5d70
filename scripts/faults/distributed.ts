import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts } from '#scripts/services/free-ports.ts';
import { startKafka } from '#scripts/services/kafka.ts';
import { startPostgres } from '#scripts/services/postgres.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { startKafkaProxy } from '#tests/support/kafka-proxy.ts';
import { startProcess } from '#tests/support/process.ts';
import { startTcpProxy } from '#tests/support/tcp-proxy.ts';
import { distributedFaults } from './distributed-faults.ts';
import { type Member, PARTITIONS, type Services, TOPIC } from './member.ts';
import { supervise } from './supervise.ts';
import type { FaultySystem } from './system.ts';

/** Two ingest processes, two aggregators and the API, each on lines that can be cut, over services that this run owns alone. */
export async function startDistributed(options: { readonly onPartitions: () => Promise<void> }): Promise<FaultySystem> {
  const [kafka, postgres, redis] = await Promise.all([startKafka(), startPostgres(), startRedis()]);
  const services: Services = { kafka, postgres, redis };
  const environment = {
    DATABASE_URL: postgres.url,
    KAFKA_BROKERS: kafka.brokers.join(','),
    REDIS_URL: redis.url,
    TOLLBOOK_TOPIC: TOPIC,
    TOLLBOOK_TOPIC_PARTITIONS: String(PARTITIONS),
    TOLLBOOK_BOOTSTRAP_KEY: `tb_live_${randomBytes(32).toString('base64url')}`,
    TOLLBOOK_LOG_LEVEL: 'warn',
  };
  const migration = startProcess('scripts/migrate.ts', environment);
  if ((await migration.exited) !== 0) throw new Error(`npm run migrate failed:\n${migration.output()}`);
  const operatorKey = /Operator key.*: (tb_\S+)/.exec(migration.output())?.[1] as string;

  const leftByThemselves: string[] = [];
  const ports = await freePorts(5);
  const join = async (service: string, number: number, port: number): Promise<Member> => {
    const lines = {
      database: await startTcpProxy({ targetPort: Number(new URL(postgres.url).port) }),
      broker: await startKafkaProxy(kafka.brokers),
      redis: await startTcpProxy({ targetPort: Number(new URL(redis.url).port) }),
    };
    const name = `${service}-${number}`;
    const process = supervise({
      name,
      script: `services/${service}/main.ts`,
      environment: {
        ...environment,
        DATABASE_URL: withPort(postgres.url, lines.database.port),
        KAFKA_BROKERS: lines.broker.brokers.join(','),
        REDIS_URL: withPort(redis.url, lines.redis.port),
        TOLLBOOK_PORT: String(port),
      },
      onLeft: (what) => leftByThemselves.push(what),
    });
    return { name, process, lines };
  };
  const members = await Promise.all([
    join('ingest', 1, ports[0] as number),
    join('ingest', 2, ports[1] as number),
    join('aggregator', 1, ports[2] as number),
    join('aggregator', 2, ports[3] as number),
    join('api', 1, ports[4] as number),
  ]);
  await Promise.all(members.map(({ process }) => process.ready()));
  return {
    mode: 'distributed',
    ingestUrls: ports.slice(0, 2).map((port) => `http://127.0.0.1:${port}`),
    apiUrl: `http://127.0.0.1:${ports[4]}`,
    operatorKey,
    databaseUrl: async () => postgres.url,
    faults: distributedFaults(services, members, options.onPartitions),
    logEnds: () => logEnds(kafka.brokers),
    leftByThemselves,
    async stop() {
      await Promise.all(members.map(({ process }) => process.stop()));
      const lines = members.flatMap((member) => Object.values(member.lines));
      await Promise.all([...lines.map((line) => line.close()), kafka.stop(), postgres.stop(), redis.stop()]);
    },
  };
}

function withPort(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href.replace(/\/$/, '');
}

async function logEnds(brokers: readonly string[]): Promise<Map<number, bigint>> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(TOPIC);
    return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
  } finally {
    await admin.disconnect();
  }
}
