import type { AfterBatch, LogSubscriber, RecordBatch } from './event-log.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hands one batch to the subscriber until it takes it. Resolves with undefined when `stopped` says so between two attempts.
 * The batch stays in memory meanwhile, so nothing is read twice for a handler that fails.
 */
export async function deliver(
  subscriber: LogSubscriber,
  batch: RecordBatch,
  stopped: AbortSignal,
): Promise<AfterBatch | undefined> {
  for (let pauseMs = FIRST_PAUSE_MS; !stopped.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await subscriber.handle(batch);
    } catch (error) {
      subscriber.onTrouble({
        partition: batch.partition,
        halted: false,
        message: `partition ${batch.partition}: ${batch.records.length} records from offset ${batch.records[0]?.offset} could not be handled, they are delivered again: ${(error as Error).message}`,
      });
      await pause(pauseMs, stopped);
    }
  }
  return undefined;
}

/** Resolves after `ms`, or at once when stopped. */
export function pause(ms: number, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stopped.addEventListener('abort', done);
  });
}

/** The sentence for a position that the log does not have. */
export function outsideTheLog(partition: number, position: bigint, low: bigint, high: bigint): string {
  const what =
    position < low
      ? `records ${position} to ${low - 1n} were to be read next but are no longer in the log`
      : `offset ${position} was to be read next but the log ends at ${high}: it was emptied or replaced`;
  return `partition ${partition} stopped: ${what}. Nothing is skipped or repeated by itself; an operator has to decide.`;
}

/** Resolves with the promise, or rejects with the sentence after `ms`. What the promise does later is ignored. */
export function within<T>(promise: Promise<T>, ms: number, sentence: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(sentence)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
