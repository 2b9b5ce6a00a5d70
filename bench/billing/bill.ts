import { createPool } from '#libs/database/pool.ts';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';

/* A process that carries one billing run up to where its pages would be rendered. */

export interface BillOptions {
  readonly databaseUrl: string;
  readonly organizationId: number;
  readonly runId: string;
}

export interface BillResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

serveWorker<BillOptions, null, BillResult>(async ({ databaseUrl, organizationId, runId }) => {
  const pool = createPool({ connectionString: databaseUrl, role: 'tollbook_worker', applicationName: 'bench' });
  await pool.query('SELECT');
  return {
    info: null,
    async run() {
      const cost = startOwnCost();
      const stop = new AbortController();
      await runBilling(
        {
          pool,
          logEnd: async () => new Map(),
          clock: Date.now,
          signal: stop.signal,
          pollMs: 1_000,
          checkpoint: async (step) => {
            if (step === 'billed') stop.abort();
          },
        },
        organizationId,
        runId,
      );
      const result = cost();
      await pool.end();
      return result;
    },
  };
});
