import { rm } from 'node:fs/promises';
import { judgeLogs } from '#tests/support/logs/judge-logs.ts';
import { logFolder } from '#tests/support/logs/log-folder.ts';
import './global-setup.ts';

/** After the last test: the services end, and what was logged by anything is searched for secrets. Such a run has failed. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.tollbookTestServices?.stop();
  const logs = logFolder() as string;
  const faults = await judgeLogs(logs);
  if (faults.length === 0) return rm(logs, { recursive: true, force: true });
  console.error(`\nSecrets in logs:\n${faults.join('\n')}`);
  // Not thrown: jest would not write its result, which `npm test` counts.
  process.exitCode = 1;
}
