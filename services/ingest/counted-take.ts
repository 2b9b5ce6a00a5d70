import type { Metrics } from '#libs/telemetry/metrics.ts';
import { type Counts, countResults } from './answer.ts';
import type { Judged } from './judge-item.ts';
import { type EventResult, type TakeDependencies, takeEvents } from './take-events.ts';

export type CountedTake = (
  judged: readonly Judged[],
) => Promise<{ readonly results: EventResult[]; readonly counts: Counts }>;

/** takeEvents, with what became of the events counted in the metrics. */
export function createCountedTake({
  metrics,
  ...rest
}: Omit<TakeDependencies, 'onCacheError'> & { readonly metrics: Metrics }): CountedTake {
  const dependencies: TakeDependencies = { ...rest, onCacheError: () => metrics.cacheErrors.inc() };
  return async (judged) => {
    const stop = metrics.ingestAppendSeconds.startTimer();
    const results = await takeEvents(dependencies, judged);
    stop();
    const counts = countResults(results);
    for (const [status, count] of Object.entries(counts)) if (count > 0) metrics.ingestEvents.inc({ status }, count);
    return { results, counts };
  };
}
