import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { backfillChunk } from '#libs/metering/backfill/backfill-chunk.ts';
import type { Logger } from '#libs/telemetry/logger.ts';

const LOOK_EVERY_MS = 1000;
/** Between two chunks: what is counted live comes first. */
const BREATH_MS = 10;

/** Works off backfills, chunk by chunk, until stopped. Several processes share the work by locks in the database. */
export function startBackfills(pool: Pool, logger: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const run = async () => {
    while (!stopped.signal.aborted) {
      let wait = LOOK_EVERY_MS;
      try {
        const progress = await backfillChunk(pool);
        if (progress) wait = BREATH_MS;
        if (progress?.finished) logger.info({ meter_id: progress.meterId }, 'backfill finished');
      } catch (error) {
        logger.warn({ err: error }, 'a chunk of a backfill failed and is tried again');
      }
      await pause(wait, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
