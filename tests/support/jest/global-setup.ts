import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Services, startServices } from '#scripts/services/start.ts';
import { keepOutput } from '#tests/support/logs/keep-output.ts';
import { keepSecret } from '#tests/support/logs/keep-secret.ts';
import { PLANTED } from '#tests/support/logs/planted.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';

declare global {
  // Kept for global-teardown.ts, which jest runs in the same process.
  var tollbookTestServices: Services | undefined;
}

/** Once per jest run: real Postgres, Kafka and Redis. The workers find them, and the folder of logs, through TEST_* in the environment. */
export default async function globalSetup(): Promise<void> {
  process.env.TEST_LOGS = await mkdtemp(path.join(tmpdir(), 'tollbook-logs-'));
  keepOutput();
  await plant();
  globalThis.tollbookTestServices = await startServices();
  keepSecret(new URL(globalThis.tollbookTestServices.databaseUrl).password);
}

/** A secret in a log of either kind: a search after the last test that does not find both has found nothing because it saw nothing. */
async function plant(): Promise<void> {
  await promisify(execFile)(process.execPath, ['--eval', 'console.error(process.argv[1])', PLANTED]);
  testLogger().info({ planted: PLANTED });
}
