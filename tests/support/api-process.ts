import { randomBytes, randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startProcess, type TestProcess } from './process.ts';

/** The API as processes, any number of them on one database and one Redis, with an organization's key. */
export interface TestApiService {
  readonly key: string;
  readonly database: TestDatabase;
  start(): Promise<{ readonly process: TestProcess; readonly port: number }>;
  stop(): Promise<void>;
}

export async function prepareApiProcesses(environment: Readonly<Record<string, string>> = {}): Promise<TestApiService> {
  const database = await createTestDatabase();
  const key = `tb_live_${randomBytes(32).toString('base64url')}`;
  const settings = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS as string,
    REDIS_URL: process.env.TEST_REDIS_URL as string,
    TOLLBOOK_TOPIC: `usage-events-${randomUUID()}`,
    TOLLBOOK_BOOTSTRAP_KEY: key,
    TOLLBOOK_LOG_LEVEL: 'debug',
    TOLLBOOK_PORT: '0',
    ...environment,
  };
  const migration = startProcess('scripts/migrate.ts', settings);
  if ((await migration.exited) !== 0) throw new Error(`npm run migrate failed:\n${migration.output()}`);
  const running: TestProcess[] = [];
  return {
    key,
    database,
    async start() {
      const started = startProcess('services/api/main.ts', settings);
      running.push(started);
      const [, port] = await started.waitForOutput(/ready at http:\S+:(\d+)/);
      return { process: started, port: Number(port) };
    },
    async stop() {
      await Promise.all(running.map((one) => one.end('SIGKILL')));
      await database.drop();
    },
  };
}
