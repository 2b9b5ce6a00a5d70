import type { EventResult } from './take-events.ts';

export interface IngestAnswer {
  readonly status: 200 | 207 | 422 | 503;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly failed: readonly Failure[];
    readonly results: readonly EventResult[];
  };
}

export interface Failure {
  readonly transaction_id: string | null;
  readonly reason: string;
}

export type Counts = Record<EventResult['status'], number>;

export function countResults(results: readonly EventResult[]): Counts {
  const counts: Counts = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0, unavailable: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/**
 * The answer to a batch. 200: everything was taken (accepted or duplicate). 207: some was not. 422: all was refused. 503: nothing is
 * known to be taken and at least one event is unknown, so the request is worth repeating as it is.
 */
export function answer(results: readonly EventResult[], counts: Counts = countResults(results)): IngestAnswer {
  const { accepted, duplicate: duplicates, unavailable } = counts;
  const taken = accepted + duplicates;
  if (taken === results.length) return { status: 200, body: { accepted, duplicates, failed: [], results } };
  const failed = results.flatMap((result) =>
    'detail' in result ? [{ transaction_id: result.id, reason: result.detail }] : [],
  );
  const body = { accepted, duplicates, failed, results };
  if (taken > 0) return { status: 207, body };
  if (unavailable > 0) return { status: 503, headers: { 'Retry-After': '1' }, body };
  return { status: 422, body };
}
