import type { Cache } from '#libs/cache/cache.ts';
import type { AppendOutcome, EventLog } from '#libs/event-log/event-log.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { type EventIdentity, identify } from '#libs/events/identify.ts';
import { judgeEvent, type Rejection } from '#libs/events/judge-event.ts';
import { encodeRecord } from '#libs/events/record.ts';
import { readEvent } from '#libs/metering/hourly.ts';
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

type Judged =
  | { readonly ok: true; readonly event: UsageEvent; readonly identity: EventIdentity }
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
      valid.map(({ event, identity }) => ({
        partitionKey: identity.partitionKey,
        value: encodeRecord(organizationId, event),
      })),
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
  const identity = identify(organizationId, event);
  const reading = readEvent({ organizationId, event, identity }, catalog);
  if (reading.kind === 'unreadable') {
    return {
      ok: false,
      id: event.id,
      rejection: { code: 'unreadable_value', detail: reading.detail, pointer: '/properties' },
    };
  }
  return { ok: true, event, identity };
}

function label(
  { event, identity }: { readonly event: UsageEvent; readonly identity: EventIdentity },
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
  const payload = identity.hash.toString('base64');
  const first = seen.get(key) ?? cached;
  if (first === null || first === undefined) {
    seen.set(key, payload);
    return { status: 'accepted', id: event.id };
  }
  if (first === payload) return { status: 'duplicate', id: event.id };
  return {
    status: 'conflict',
    id: event.id,
    detail: 'an event with this id and source was sent before with other content; the first one counts',
  };
}

const labelKey = (identity: EventIdentity): string => `label:${identity.key.toString('base64url')}`;

function idOf(raw: unknown): string | null {
  const id = (raw as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, 255) : null;
}
