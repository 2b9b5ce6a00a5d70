import type { EventResult } from './take-events.ts';

export interface IngestAnswer {
  readonly status: 200 | 207 | 422 | 503;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly failed: readonly { readonly id: string | null; readonly reason: string }[];
    readonly results: readonly EventResult[];
  };
}

/**
 * The answer to a batch. 200: everything was taken (accepted or duplicate). 207: some was not. 422: all was refused. 503: nothing is
 * known to be taken and at least one event is unknown, so the request is worth repeating as it is.
 */
export function answer(results: readonly EventResult[]): IngestAnswer {
  const count = (status: EventResult['status']) => results.filter((result) => result.status === status).length;
  const [accepted, duplicates, unavailable] = [count('accepted'), count('duplicate'), count('unavailable')];
  const failed = results.flatMap((result) => ('detail' in result ? [{ id: result.id, reason: result.detail }] : []));
  const body = { accepted, duplicates, failed, results };
  const taken = accepted + duplicates;
  if (taken === results.length) return { status: 200, body };
  if (taken > 0) return { status: 207, body };
  if (unavailable > 0) return { status: 503, headers: { 'Retry-After': '1' }, body };
  return { status: 422, body };
}
