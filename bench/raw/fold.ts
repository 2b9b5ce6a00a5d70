import { benchCatalog, decodeAndFold, encode, storedBatches } from '../inside/records.ts';
import { type OwnCost, startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';
import { benchEvents, type Workload } from '../workload.ts';

/* What the aggregator computes, without log and database: decode, identify, read, fold. */

serveWorker<{ readonly workload: Workload }, null, OwnCost>(async ({ workload }) => {
  const catalog = benchCatalog();
  const batches = storedBatches(benchEvents(workload, Date.now()).map(encode), new Date());
  const fold = () => batches.map((records) => decodeAndFold(records, catalog).fold.deltas().length);
  // Compiled code is what runs in production.
  fold();
  return {
    info: null,
    async run() {
      const cost = startOwnCost();
      fold();
      return cost();
    },
  };
});
