import { type Arrival, type CorrectionArrival, keyOf, type SortedOut } from '../sort-out.ts';
import { type Claim, payloadHash } from '../store/claim-keys.ts';
import type { KnownKey } from '../store/select-keys.ts';
import type { Tally } from '../tally.ts';

export interface Settled {
  /** Events that count from now on. */
  readonly fresh: readonly Arrival[];
  /** Those of them for which a correction was waiting. */
  readonly awaited: readonly Arrival[];
  readonly conflicts: readonly Pick<Arrival | CorrectionArrival, 'place' | 'record'>[];
}

/** What of a batch has to be claimed: each event, and the original of each correction that does not lie in the batch. Sorted. */
export function claimsOf(sorted: SortedOut): Claim[] {
  const claims = new Map<string, Claim>();
  for (const [text, { place, record }] of sorted.arrivals) {
    const { organizationId, identity, hash } = record;
    claims.set(text, { organizationId, key: identity.key, hash, place, awaited: false });
  }
  for (const { place, record } of sorted.corrections) {
    const text = keyOf(record);
    if (claims.has(text)) continue;
    const { organizationId, identity, hash } = record;
    claims.set(text, { organizationId, key: identity.key, hash, place, awaited: true });
  }
  return [...claims].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
}

/** Gives every event of the batch its outcome. Pure; `known` is by position in `claims`. */
export function settle(
  sorted: SortedOut,
  claims: readonly Claim[],
  known: ReadonlyMap<number, KnownKey>,
  tally: Tally,
): Settled {
  const fresh: Arrival[] = [];
  const awaited: Arrival[] = [];
  const conflicts: Settled['conflicts'][number][] = [];
  const counted = new Map<string, string>();
  const judgeRepeat = ({ place, record }: Arrival, first: string | undefined) => {
    const same = first === payloadHash(record.hash);
    if (!same) conflicts.push({ place, record });
    tally.addRecord(record.organizationId, place, same ? 'duplicate' : 'conflict');
  };
  claims.forEach((claim, position) => {
    if (claim.awaited) return;
    const text = `${claim.organizationId} ${claim.key}`;
    const arrival = sorted.arrivals.get(text) as Arrival;
    const before = known.get(position);
    if (before?.place) {
      if (sorted.repeats.length > 0) counted.set(text, before.payloadHash);
      judgeRepeat(arrival, before.payloadHash);
      return;
    }
    fresh.push(arrival);
    if (before) awaited.push(arrival);
    if (sorted.repeats.length > 0) counted.set(text, payloadHash(claim.hash));
    tally.addRecord(claim.organizationId, arrival.place, arrival.reading.kind === 'metered' ? 'counted' : 'unassigned');
  });
  for (const repeat of sorted.repeats) judgeRepeat(repeat, counted.get(keyOf(repeat.record)));
  for (const { organizationId, place } of sorted.deadLetters) tally.addRecord(organizationId, place, 'dead_letter');
  return { fresh, awaited, conflicts };
}
