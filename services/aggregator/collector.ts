import type { AfterBatch, RecordBatch } from '#libs/event-log/event-log.ts';

/**
 * Gathers the batches of several partitions into one call of `apply`: when `maxRecords` are there, or `maxWaitMs` after the first.
 * At most `concurrency` calls at a time, and never two for one partition: the log hands over a partition's next batch only after the
 * last one was answered. What waits is shared among the calls that are free, so that one prepares while the other waits for the database;
 * but a call of fewer than `worthwhileRecords` is not made where one would do. Knows nothing of logs and databases. A call that fails rejects every batch in it; the log delivers them again.
 */
export function createCollector(options: {
  readonly maxRecords: number;
  readonly maxWaitMs: number;
  readonly concurrency: number;
  readonly worthwhileRecords?: number;
  readonly apply: (batches: readonly RecordBatch[]) => Promise<ReadonlyMap<number, AfterBatch>>;
}): { handle(batch: RecordBatch): Promise<AfterBatch>; idle(): Promise<void> } {
  interface Waiting {
    readonly batch: RecordBatch;
    readonly resolve: (after: AfterBatch) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  const running = new Set<Promise<void>>();
  let due = false;

  const pump = (): void => {
    if (running.size >= options.concurrency || !due || waiting.length === 0) return;
    clearTimeout(timer);
    timer = undefined;
    const call = settle(take()).finally(() => {
      running.delete(call);
      // What gathered while the call ran has waited long enough.
      due = waiting.length > 0;
      pump();
    });
    running.add(call);
    due = waiting.length > 0;
    pump();
  };

  const waitingRecords = (): number => waiting.reduce((sum, entry) => sum + entry.batch.records.length, 0);

  /** Whole batches up to a free call's share, at most one per partition, at least one. */
  const take = (): Waiting[] => {
    const share = Math.ceil(waitingRecords() / (options.concurrency - running.size));
    const limit = Math.min(options.maxRecords, Math.max(share, options.worthwhileRecords ?? 0));
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    let records = 0;
    for (const entry of waiting) {
      const fits = taken.length === 0 || records + entry.batch.records.length <= limit;
      if (fits && !taken.some((other) => other.batch.partition === entry.batch.partition)) {
        taken.push(entry);
        records += entry.batch.records.length;
      } else left.push(entry);
    }
    waiting = left;
    return taken;
  };

  const settle = async (taken: readonly Waiting[]): Promise<void> => {
    try {
      const after = await options.apply(taken.map((entry) => entry.batch));
      for (const entry of taken) entry.resolve(after.get(entry.batch.partition) as AfterBatch);
    } catch (error) {
      for (const entry of taken) entry.reject(error);
    }
  };

  return {
    handle(batch) {
      return new Promise<AfterBatch>((resolve, reject) => {
        waiting.push({ batch, resolve, reject });
        if (waitingRecords() >= options.maxRecords) due = true;
        else
          timer ??= setTimeout(() => {
            timer = undefined;
            due = true;
            pump();
          }, options.maxWaitMs);
        pump();
      });
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
