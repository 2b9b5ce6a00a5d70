import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { selectBillingRun } from '../store/select-billing-run.ts';

const LOOK_EVERY_MS = 500;

export interface RunWatch {
  /** Aborted once the run is no longer open: somebody cancelled it. */
  readonly ended: AbortSignal;
  stop(): Promise<void>;
}

/** Looks at a run now and then, so that whoever works on it notices when it was cancelled. That nothing is finalized for it then, locks see to. */
export function watchRun(pool: Pool, run: Pick<BillingRun, 'organizationId' | 'id'>): RunWatch {
  const ended = new AbortController();
  const stopped = new AbortController();
  const watch = async () => {
    while (!stopped.signal.aborted && !ended.signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return;
      // A database that does not answer is the work's own trouble.
      const found = await inTransaction(pool, (tx) => selectBillingRun(tx, run.organizationId, run.id)).catch(
        () => null,
      );
      if (found !== null && found.finishedAt !== null) ended.abort();
    }
  };
  const watching = watch();
  return {
    ended: ended.signal,
    async stop() {
      stopped.abort();
      await watching;
    },
  };
}
