import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { EventLog, LogSubscriber } from '#libs/event-log/event-log.ts';
import { selectLogEpoch } from '#libs/metering/store/select-log-epoch.ts';
import { startLoop } from '#libs/process/start-loop.ts';
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
  const runningEpoch = () => inTransaction(pool, selectLogEpoch);
  // Before subscribing: an epoch that begins in between is followed once more than needed, never once less.
  let epoch = await runningEpoch();
  let subscription = await log.subscribe(subscriber);

  const watching = startLoop({
    pauseMs: lookEveryMs,
    async work() {
      const now = await runningEpoch();
      if (now === epoch) return;
      logger.warn(
        { epoch: now, before: epoch },
        'an operator began a new epoch of the log: reading on from where it begins',
      );
      await subscription.close();
      subscription = await log.subscribe(subscriber);
      epoch = now;
    },
    onError: (error) => logger.warn({ err: error }, 'the epoch of the log is not known; looked at again'),
  });
  return {
    async close() {
      await watching.stop();
      await subscription.close();
    },
  };
}
