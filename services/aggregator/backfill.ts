import type { Pool } from '#libs/database/pool.ts';
import { backfillChunk } from '#libs/metering/backfill/backfill-chunk.ts';
import { type Loop, startLoop } from '#libs/process/start-loop.ts';
import type { Logger } from '#libs/telemetry/logger.ts';

const LOOK_EVERY_MS = 1000;
/** Between two chunks: what is counted live comes first. */
const BREATH_MS = 10;

/** Works off backfills, chunk by chunk, until stopped. Several processes share the work by locks in the database. */
export function startBackfills(pool: Pool, logger: Logger): Loop {
  return startLoop({
    pauseMs: LOOK_EVERY_MS,
    async work() {
      const progress = await backfillChunk(pool);
      if (progress?.finished) logger.info({ meter_id: progress.meterId }, 'backfill finished');
      return progress ? BREATH_MS : LOOK_EVERY_MS;
    },
    onError: (error) => logger.warn({ err: error }, 'a chunk of a backfill failed and is tried again'),
  });
}
