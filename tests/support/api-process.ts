import type { TestDatabase } from './database.ts';
import { prepareInstallation } from './installation.ts';
import { startProcess, type TestProcess } from './process.ts';

/** The API as processes, any number of them on one database and one Redis, with an organization's key. */
export interface TestApiService {
  readonly key: string;
  readonly database: TestDatabase;
  start(): Promise<{ readonly process: TestProcess; readonly port: number }>;
  stop(): Promise<void>;
}

export async function prepareApiProcesses(environment: Readonly<Record<string, string>> = {}): Promise<TestApiService> {
  const { database, settings, key } = await prepareInstallation({ TOLLBOOK_LOG_LEVEL: 'debug', ...environment });
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
