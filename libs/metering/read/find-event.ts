import type { Transaction } from '#libs/database/transaction.ts';
import { identify } from '#libs/events/identify.ts';
import type { LogPlace } from '../place.ts';
import { plainArray } from '../store/array-literal.ts';
import type { RawEvent } from '../store/copy-usage-events.ts';
import { selectEventSources } from '../store/select-event-sources.ts';
import { selectKeys } from '../store/select-keys.ts';
import { selectOriginalEvent } from '../store/select-original-event.ts';

export interface FoundEvent {
  readonly kind: 'found';
  readonly source: string;
  /** 32 hex digits, see identify. */
  readonly key: string;
  /** Null: only corrections of it came so far, the event itself is awaited. */
  readonly place: Omit<LogPlace, 'receivedAt'> | null;
  /** Day of arrival, YYYY-MM-DD. */
  readonly receivedOn: string;
  /** As first sent. Null while it is awaited, or when raw events of that day are no longer kept. */
  readonly original: RawEvent | null;
}

export type EventFinding =
  | FoundEvent
  /** `sources`: the one named, or all that the organization used so far; '' where it used none. */
  | { readonly kind: 'unknown'; readonly sources: readonly string[] }
  /** Several sources use this id: the caller has to name one of them. */
  | { readonly kind: 'ambiguous'; readonly sources: readonly string[] };

/** With more than that the caller has to name one: some senders have a source per device. */
const MAX_SOURCES = 200;
const NAMED = 5;

/**
 * An event by its id. `source` undefined: looks into every source the organization ever used, and into '' (none), by one statement.
 */
export async function findEvent(
  tx: Transaction,
  organizationId: number,
  id: string,
  source: string | undefined,
): Promise<EventFinding> {
  const used = source === undefined ? await selectEventSources(tx, organizationId, MAX_SOURCES + 1) : [source];
  if (used.length > MAX_SOURCES) return { kind: 'ambiguous', sources: used.slice(0, NAMED) };
  // What was corrected before anything was sent is known under '' too.
  const sources = source === undefined ? [...new Set(['', ...used])] : used;
  const keys = sources.map((each) => identify(organizationId, each, id).key);
  const known = await selectKeys(tx, plainArray(keys.map(() => organizationId)), plainArray(keys));
  const [first, second] = [...known].sort(([a], [b]) => a - b);
  if (!first) return { kind: 'unknown', sources: used.length > 0 ? used : [''] };
  if (second) return { kind: 'ambiguous', sources: sources.filter((_, position) => known.has(position)) };
  const [position, { place, receivedOn }] = first;
  const key = keys[position] as string;
  const original = place && (await selectOriginalEvent(tx, organizationId, key, place, receivedOn));
  return { kind: 'found', source: sources[position] as string, key, place, receivedOn, original };
}
