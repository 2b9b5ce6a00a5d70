import { createPool } from '#libs/database/pool.ts';
import { createLogger } from '#libs/telemetry/logger.ts';
import { startBillingRun } from '#services/billing-run/start.ts';
import { killAt } from './kill-at.ts';

/* The billing run as it is, on an empty log, except that it kills itself (-9) the first time it reaches the step named in FAULT_AT. */

await startBillingRun({
  pool: createPool({
    connectionString: process.env.DATABASE_URL as string,
    role: 'tollbook_worker',
    applicationName: 'victim',
  }),
  logEnd: async () => new Map(),
  logger: createLogger({ service: 'billing-run', level: 'silent' }),
  pollMs: 20,
  scheduleMs: 3_600_000,
  chunkSize: 60,
  checkpoint: killAt(process.env.FAULT_AT),
});
