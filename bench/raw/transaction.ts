import { prepareBareTransaction } from '../inside/bare-transaction.ts';
import { type OwnCost, startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';
import { benchEvents, type Workload } from '../workload.ts';

/* See inside/bare-transaction.ts. */

serveWorker<{ readonly databaseUrl: string; readonly workload: Workload }, null, OwnCost>(
  async ({ databaseUrl, workload }) => {
    const run = await prepareBareTransaction(databaseUrl, benchEvents(workload, Date.now()));
    return {
      info: null,
      async run() {
        const cost = startOwnCost();
        await run();
        return cost();
      },
    };
  },
);
