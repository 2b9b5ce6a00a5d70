import type { Cache } from '#libs/cache/cache.ts';
import type { AppendOutcome, EventLog } from '#libs/event-log/event-log.ts';
import type { Rejection } from '#libs/events/rejection.ts';
import type { Judged, Valid } from './judge-item.ts';

/** What the sender is told about one event. */
export type EventResult =
  | { readonly id: string; readonly status: 'accepted' | 'duplicate' }
  | { readonly id: string; readonly status: 'conflict' | 'unavailable'; readonly detail: string }
  | ({ readonly id: string | null; readonly status: 'rejected' } & Rejection);

export interface TakeDependencies {
  readonly log: EventLog;
  readonly cache: Cache;
  readonly onCacheError: (error: Error) => void;
}

const LABEL_MS = 3_600_000;

/**
 * Takes one request's events: appends every valid one, and answers after the log confirmed. Results are in request order. The labels
 * duplicate and conflict come from the cache and from this batch; what counts is decided later by the identity in the database, so a
 * lost label costs nothing.
 */
export async function takeEvents(
  { log, cache, onCacheError }: TakeDependencies,
  judged: readonly Judged[],
): Promise<EventResult[]> {
  const valid = judged.filter((item) => item.ok);
  const keys = valid.map(labelKey);
  const [known, outcomes] = await Promise.all([
    cache.getMany(keys).catch((error: Error) => {
      onCacheError(error);
      return [];
    }),
    log.append(valid.map(({ identity, value }) => ({ partitionKey: identity.partitionKey, value }))),
  ]);
  const fresh = new Map<string, string>();
  let position = 0;
  const results = judged.map((item): EventResult => {
    if (!item.ok) return { id: item.id, status: 'rejected', ...item.rejection };
    const at = position++;
    const outcome = outcomes[at] as AppendOutcome;
    if (outcome.status === 'unavailable') return unknown(item, outcome.reason);
    const key = keys[at] as string;
    const [label, first] = [labelOf(item), fresh.get(key) ?? known[at]];
    if (first === label) return { id: item.event.id, status: 'duplicate' };
    if (first) return { id: item.event.id, status: 'conflict', detail: CONFLICT };
    fresh.set(key, label);
    return { id: item.event.id, status: 'accepted' };
  });
  // Only after the log acknowledged, and not waited for.
  if (fresh.size > 0) cache.setManyIfAbsent([...fresh], LABEL_MS).catch(onCacheError);
  return results;
}

const CONFLICT = 'an event with this id and source was sent before with other content; the first one counts';

const unknown = ({ event }: Valid, reason: string): EventResult => ({
  id: event.id,
  status: 'unavailable',
  detail: `${reason} Whether the event was taken is not known: send it again with the same id.`,
});

// 64 bits of the hash: enough to tell one content from another, and what is kept for each event stays small.
const labelOf = ({ hash }: Valid): string => hash.slice(0, 16);
const labelKey = ({ identity }: Valid): string => `label:${identity.key}`;
