import pg from 'pg';
import { migrate } from '#libs/database/migrate.ts';
import { dockerAnswers, startKafkaContainer, startPostgresContainer, startRedisContainer } from './containers.ts';
import { startKafka } from './kafka.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

/** Postgres, Kafka (one node) and Redis for one run of tests or of a benchmark. */
export interface Services {
  /** Owner's address of the server; the database `tollbook_template` in it is migrated. */
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  stop(): Promise<void>;
}

export const TEMPLATE_DATABASE = 'tollbook_template';

/**
 * Starts all three, in containers where a Docker engine answers, otherwise natively, and puts their addresses into the environment
 * (TEST_DATABASE_URL, TEST_KAFKA_BROKERS, TEST_REDIS_URL), where tests/support finds them. If one fails the others are stopped.
 */
export async function startServices(): Promise<Services> {
  const docker = await dockerAnswers();
  const started = await Promise.allSettled(
    docker
      ? ([startPostgresContainer(), startKafkaContainer(), startRedisContainer()] as const)
      : ([
          startPostgres().then((handle) => ({ address: handle.url, stop: handle.stop })),
          startKafka().then((handle) => ({ address: handle.brokers, stop: handle.stop })),
          startRedis().then((handle) => ({ address: handle.url, stop: handle.stop })),
        ] as const),
  );
  const stop = async () => {
    await Promise.all(started.map((each) => each.status === 'fulfilled' && each.value.stop()));
  };
  try {
    const [postgres, kafka, redis] = started;
    if (postgres.status === 'rejected') throw postgres.reason;
    if (kafka.status === 'rejected') throw kafka.reason;
    if (redis.status === 'rejected') throw redis.reason;
    const services = {
      databaseUrl: postgres.value.address,
      brokers: kafka.value.address,
      redisUrl: redis.value.address,
      stop,
    };
    await makeTemplate(services.databaseUrl);
    process.env.TEST_DATABASE_URL = services.databaseUrl;
    process.env.TEST_KAFKA_BROKERS = services.brokers.join(',');
    process.env.TEST_REDIS_URL = services.redisUrl;
    return services;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Migrated once; every test database is a copy of it. */
export async function makeTemplate(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await client.end();
  const template = new URL(serverUrl);
  template.pathname = `/${TEMPLATE_DATABASE}`;
  await migrate(template.href);
}
