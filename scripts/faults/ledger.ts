import type { Changes, FinalEvent, SentEvent } from './event.ts';

/*
 * What was sent and what was answered: the memory of the run. An entry is one identity (organization, source, id).
 *
 * Which payload counts is decided by the log. A conflict is sent only after the original was acknowledged, so the original lies before
 * it; where that cannot be known (both in one unanswered batch, or the partition of the identity may have changed in between) the entry
 * has several `candidates`, and the one that the product took for the first must be among them.
 */

export interface Correction {
  readonly id: string;
  readonly kind: 'void' | 'amend';
  readonly changes: Changes;
  taken: boolean;
}

export interface Entry {
  readonly organization: number;
  readonly candidates: SentEvent[];
  /** Known to be taken: accepted or duplicate; a conflict says so too. */
  taken: boolean;
  /** Epoch milliseconds, of the first and of the last attempt: between them lies the arrival. */
  firstSentAt: number;
  takenAt: number;
  /** An attempt, or a correction, is on its way. */
  busy: boolean;
  /** Until its first attempt is answered or given up. */
  firstAttempt: boolean;
  /** Another payload was sent under this identity, too. */
  contradicted: boolean;
  readonly corrections: Correction[];
}

export const identityOf = (organization: number, event: Pick<SentEvent, 'id' | 'source'>): string =>
  `${organization} ${event.source} ${event.id}`;

/** What the product says of an identity that it counted. */
export interface StoredEvent {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly timeGiven: boolean;
  readonly customer: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * The event in the end, or null when it was voided. `stored` decides between several candidates and tells an arrival time.
 * @throws Error when no candidate is what was stored.
 */
export function finalEvent(
  entry: Entry,
  stored: StoredEvent | undefined,
  customerOf: (name: string) => string,
): FinalEvent | null {
  if (entry.corrections.some(({ kind, taken }) => kind === 'void' && taken)) return null;
  const first = winner(entry, stored);
  const time = first.time ?? stored?.time;
  if (time === undefined) throw new Error(`the arrival time of ${first.id} is not known`);
  let last: FinalEvent = { ...first, time };
  for (const { kind, taken, changes } of entry.corrections)
    if (kind === 'amend' && taken) last = Object.assign({}, last, changes);
  return { ...last, customer: customerOf(last.customer) };
}

function winner(entry: Entry, stored: StoredEvent | undefined): SentEvent {
  if (entry.candidates.length === 1) return entry.candidates[0] as SentEvent;
  const found = entry.candidates.find((candidate) => stored && isStoredAs(candidate, stored));
  if (!found)
    throw new Error(
      `${entry.candidates[0]?.id} was stored with a payload that was never sent: ${JSON.stringify(stored)}`,
    );
  return found;
}

const isStoredAs = (event: SentEvent, stored: StoredEvent): boolean =>
  event.customer === stored.customer &&
  (event.time === null) === !stored.timeGiven &&
  (event.time === null || event.time === stored.time) &&
  sorted(event.properties) === sorted(stored.properties);

const sorted = (properties: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)));
