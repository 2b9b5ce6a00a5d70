import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedServer } from '#libs/database/embedded-server.ts';
import { killWithParent } from '#scripts/services/child.ts';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { type RedisHandle, startRedis } from '#scripts/services/redis.ts';
import { makeTemplate } from '#scripts/services/start.ts';

/** Native servers of this run alone, with their process ids. */
export interface BenchServices {
  readonly kafka: KafkaHandle;
  readonly redis: RedisHandle;
  readonly postgres: { readonly url: string; readonly pid: number };
  /** What makes figures comparable: versions, and whether a commit waits for the disk. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** As docs/operations.md recommends them for a server of this size. fsync and synchronous_commit stay on. */
const POSTGRES_SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  max_connections: '200',
  wal_compression: 'on',
};

/** Starts all three and puts their addresses where tests/support looks for them. If one fails the others are stopped. */
export async function startBenchServices(): Promise<BenchServices> {
  const started = await Promise.allSettled([startBenchPostgres(), startKafka(), startRedis()] as const);
  const stop = async () => {
    await Promise.all(started.map((each) => each.status === 'fulfilled' && each.value.stop()));
  };
  const [postgres, kafka, redis] = started;
  try {
    if (postgres.status === 'rejected') throw postgres.reason;
    if (kafka.status === 'rejected') throw kafka.reason;
    if (redis.status === 'rejected') throw redis.reason;
    await makeTemplate(postgres.value.url);
    process.env.TEST_DATABASE_URL = postgres.value.url;
    process.env.TEST_KAFKA_BROKERS = kafka.value.brokers.join(',');
    process.env.TEST_REDIS_URL = redis.value.url;
    const settings = await readSettings(postgres.value.url);
    return { kafka: kafka.value, redis: redis.value, postgres: postgres.value, settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Postgres alone. */
export async function startBenchPostgres() {
  const parent = await mkdtemp(path.join(tmpdir(), 'tollbook-bench-'));
  // As root the server runs as the user postgres, who must be able to pass; mkdtemp makes 0700.
  await chmod(parent, 0o755);
  const server = await startEmbeddedServer({ directory: path.join(parent, 'data'), settings: POSTGRES_SETTINGS });
  const release = killWithParent(server.pid, parent);
  return {
    url: server.connectionString,
    pid: server.pid,
    async stop() {
      await server.stop();
      release();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

const TOLD = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', ...Object.keys(POSTGRES_SETTINGS)];

/** What a server says of itself. */
export async function readSettings(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const entries = [];
    for (const name of TOLD) {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
      entries.push([name, Object.values(rows[0] ?? {})[0] ?? '']);
    }
    return Object.fromEntries(entries);
  } finally {
    await client.end();
  }
}
