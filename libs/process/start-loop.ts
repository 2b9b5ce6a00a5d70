import { setTimeout as sleep } from 'node:timers/promises';

export interface LoopOptions {
  /** Between two calls, unless the work says otherwise; after an error too. */
  readonly pauseMs: number;
  /** May answer how many milliseconds to pause before the next call, and end early when the signal aborts. */
  // biome-ignore lint/suspicious/noConfusingVoidType: work that has nothing to say answers nothing.
  readonly work: (stopped: AbortSignal) => Promise<number | void>;
  /** An error ends one call, not the loop. */
  readonly onError: (error: unknown) => void;
}

export interface Loop {
  /** Resolves when the call that is under way has ended. */
  stop(): Promise<void>;
}

/** Calls `work` at once and again and again, one call at a time with a pause in between, until stopped. */
export function startLoop({ pauseMs, work, onError }: LoopOptions): Loop {
  const stopped = new AbortController();
  const run = async () => {
    while (!stopped.signal.aborted) {
      let wait: number | undefined;
      try {
        wait = (await work(stopped.signal)) ?? undefined;
      } catch (error) {
        onError(error);
      }
      await sleep(wait ?? pauseMs, undefined, { signal: stopped.signal }).catch(() => {});
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
