import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { EventLog, LogSubscriber } from '#libs/event-log/event-log.ts';
import { selectLogEpoch } from '#libs/metering/store/select-log-epoch.ts';
import type { Logger } from '#libs/telemetry/logger.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Subscribes to the log, and again whenever an operator began a new epoch: partitions that had stopped are asked for anew, and those that
 * run go on where the new epoch begins, also while nothing new arrives.
 */
export async function followEpochs(options: {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'subscribe'>;
  readonly subscriber: LogSubscriber;
  readonly logger: Logger;
  readonly lookEveryMs?: number;
}): Promise<{ close(): Promise<void> }> {
  const { pool, log, subscriber, logger, lookEveryMs = LOOK_EVERY_MS } = options;
  const stopped = new AbortController();
  const runningEpoch = () => inTransaction(pool, selectLogEpoch);
  // Before subscribing: an epoch that begins in between is followed once more than needed, never once less.
  let epoch = await runningEpoch();
  let subscription = await log.subscribe(subscriber);

  const watch = async () => {
    while (!stopped.signal.aborted) {
      await pause(lookEveryMs, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return;
      try {
        const now = await runningEpoch();
        if (now === epoch) continue;
        logger.warn(
          { epoch: now, before: epoch },
          'an operator began a new epoch of the log: reading on from where it begins',
        );
        await subscription.close();
        subscription = await log.subscribe(subscriber);
        epoch = now;
      } catch (error) {
        logger.warn({ err: error }, 'the epoch of the log is not known; looked at again');
      }
    }
  };
  const watching = watch();
  return {
    async close() {
      stopped.abort();
      await watching;
      await subscription.close();
    },
  };
}
