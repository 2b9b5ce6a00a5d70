import { randomBytes, randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startProcess } from './process.ts';

/** A distributed installation before its first process: database, topic and Redis are its own. */
export interface TestInstallation {
  readonly database: TestDatabase;
  /** Environment of each process. */
  readonly settings: Readonly<Record<string, string>>;
  /** Admin key of its first organization. */
  readonly key: string;
  /** What `npm run migrate` printed. */
  readonly migrated: string;
}

/** Makes and migrates it. `environment` is added to the settings and goes before them. */
export async function prepareInstallation(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestInstallation> {
  const database = await createTestDatabase();
  const key = `tb_live_${randomBytes(32).toString('base64url')}`;
  const settings = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS as string,
    REDIS_URL: environment.REDIS_URL ?? (await ownRedisUrl()),
    TOLLBOOK_TOPIC: `usage-events-${randomUUID()}`,
    TOLLBOOK_BOOTSTRAP_KEY: key,
    TOLLBOOK_PORT: '0',
    ...environment,
  };
  const migration = startProcess('scripts/migrate.ts', settings);
  if ((await migration.exited) !== 0) throw new Error(`npm run migrate failed:\n${migration.output()}`);
  return { database, settings, key, migrated: migration.output() };
}

/** A database of the tests' Redis that nobody else uses: organizations have the same ids everywhere, and what Redis holds goes by them. */
async function ownRedisUrl(): Promise<string> {
  const url = process.env.TEST_REDIS_URL as string;
  const redis = createClient({ url });
  await redis.connect();
  try {
    return `${url}/${await redis.incr('databases')}`;
  } finally {
    await redis.close();
  }
}
