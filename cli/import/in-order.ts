/** Runs `work` for results that become ready in any order, in the order of their numbers, which count from 0 without gaps. */
export interface InOrder<Result> {
  /** Resolves with true when it is done for this one, and so for all before it; with false when that was given up. */
  add(number: number, result: Result): Promise<boolean>;
  /** One of them will not come: nothing more is done for it or for those behind it. */
  giveUp(): void;
}

export function createInOrder<Result>(work: (result: Result) => Promise<void>): InOrder<Result> {
  const waiting = new Map<number, { readonly result: Result; settle(done: boolean | Promise<boolean>): void }>();
  let next = 0;
  let running: Promise<void> = Promise.resolve();
  let givenUp = false;

  const drain = (): void => {
    for (let first = waiting.get(next); first; first = waiting.get(next)) {
      const { result, settle } = first;
      waiting.delete(next);
      next += 1;
      running = running.then(() => work(result));
      settle(running.then(() => true));
    }
  };
  return {
    add(number, result) {
      if (givenUp) return Promise.resolve(false);
      return new Promise((resolve) => {
        waiting.set(number, { result, settle: resolve });
        drain();
      });
    },
    giveUp() {
      givenUp = true;
      for (const { settle } of waiting.values()) settle(false);
      waiting.clear();
    },
  };
}
