import type { Cache } from '#libs/cache/cache.ts';
import type { AppendOutcome, EventLog } from '#libs/event-log/event-log.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { type EventIdentity, identify } from '#libs/events/identify.ts';
import { judgeEvent, type Rejection } from '#libs/events/judge-event.ts';
import { encodeEvent, hashOf } from '#libs/events/record.ts';
import { readEvent } from '#libs/metering/read-event.ts';
import type { OrganizationRules } from './organization-rules.ts';

/** What the sender is told about one event. */
export type EventResult =
  | { readonly status: 'accepted' | 'duplicate'; readonly id: string }
  | { readonly status: 'conflict' | 'unavailable'; readonly id: string; readonly detail: string }
  | ({ readonly status: 'rejected'; readonly id: string | null } & Rejection);

export interface TakeDependencies {
  readonly log: EventLog;
  readonly cache: Cache;
  readonly onCacheError: (error: Error) => void;
}

const LABEL_MS = 3_600_000;

/** An event that is taken: what is written to the log, and the hash of just that. */
interface Valid {
  readonly ok: true;
  readonly event: UsageEvent;
  readonly identity: EventIdentity;
  readonly value: Buffer;
  readonly hash: string;
}

type Judged =
  | Valid
  | { readonly ok: false; readonly id: string | null; readonly rejection: Rejection };

/**
 * Takes one request's events: judges each by itself, appends every valid one, and answers after the log confirmed. Results are in
 * request order. The labels duplicate and conflict come from the cache and from this batch; what counts is decided later by the
 * identity in the database, so a lost label costs nothing.
 */
export async function takeEvents(
  { log, cache, onCacheError }: TakeDependencies,
  organizationId: number,
  raw: readonly unknown[],
  rules: OrganizationRules,
  now: number,
): Promise<EventResult[]> {
  const judged = raw.map((item) => judge(organizationId, item, rules, now));
  const valid = judged.filter((item) => item.ok);
  const keys = valid.map(({ identity }) => labelKey(identity));
  const [labels, outcomes] = await Promise.all([
    cache.getMany(keys).catch((error: Error) => {
      onCacheError(error);
      return keys.map(() => null);
    }),
    log.append(
      valid.map(({ identity, value }) => ({ partitionKey: identity.partitionKey, value })),
    ),
  ]);
  const seen = new Map<string, string>();
  let position = 0;
  const results = judged.map((item): EventResult => {
    if (!item.ok) return { status: 'rejected', id: item.id, ...item.rejection };
    const at = position++;
    return label(item, outcomes[at] as AppendOutcome, seen, labels[at] ?? null);
  });
  const fresh = [...seen.entries()].map(([key, value]) => ({ key, value, ttlMs: LABEL_MS }));
  // Only after the log acknowledged, and not waited for.
  if (fresh.length > 0) cache.setManyIfAbsent(fresh).catch(onCacheError);
  return results;
}

function judge(organizationId: number, raw: unknown, { bounds, catalog }: OrganizationRules, now: number): Judged {
  const judgement = judgeEvent(raw, bounds, now);
  if (!judgement.ok) return { ok: false, id: idOf(raw), rejection: judgement.rejection };
  const { event } = judgement;
  const reading = readEvent(event, catalog.metersFor(organizationId, event.type));
  if (reading.kind === 'unreadable') {
    return {
      ok: false,
      id: event.id,
      rejection: { code: 'unreadable_value', detail: reading.detail, pointer: '/properties' },
    };
  }
  const value = encodeEvent(organizationId, event);
  return { ok: true, event, identity: identify(organizationId, event.source, event.id), value, hash: hashOf(value) };
}

function label(
  { event, identity, hash }: Valid,
  outcome: AppendOutcome,
  seen: Map<string, string>,
  cached: string | null,
): EventResult {
  if (outcome.status === 'unavailable') {
    return {
      status: 'unavailable',
      id: event.id,
      detail: `${outcome.reason} Whether the event was taken is not known: send it again with the same id.`,
    };
  }
  const key = labelKey(identity);
  const first = seen.get(key) ?? cached;
  if (first === null || first === undefined) {
    seen.set(key, hash);
    return { status: 'accepted', id: event.id };
  }
  if (first === hash) return { status: 'duplicate', id: event.id };
  return {
    status: 'conflict',
    id: event.id,
    detail: 'an event with this id and source was sent before with other content; the first one counts',
  };
}

const labelKey = (identity: EventIdentity): string => `label:${identity.key}`;

function idOf(raw: unknown): string | null {
  const id = (raw as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, 255) : null;
}
