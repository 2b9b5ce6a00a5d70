import { type Arrival, type CorrectionArrival, identityText, keyOf, type SortedOut } from '../sort-out.ts';
import { payloadHash } from '../store/claim-keys.ts';
import type { Tally } from '../tally.ts';
import type { Identities } from './claim-identities.ts';

export interface Settled {
  /** Events that count from now on. */
  readonly fresh: readonly Arrival[];
  /** Those of them for which a correction was waiting. */
  readonly awaited: readonly Arrival[];
  readonly conflicts: readonly Pick<Arrival | CorrectionArrival, 'place' | 'record'>[];
}

/** Under which records are counted whose organization is gone, or was never known. */
const NO_ORGANIZATION = 0;

/** Gives every event of the batch its outcome. Pure. */
export function settle(sorted: SortedOut, { claims, known }: Identities, tally: Tally): Settled {
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
    const text = identityText(claim.organizationId, claim.key);
    const arrival = sorted.arrivals.get(text) as Arrival;
    const before = known.get(position);
    if (before) {
      if (sorted.repeats.length > 0) counted.set(text, before.payloadHash);
      judgeRepeat(arrival, before.payloadHash);
      return;
    }
    fresh.push(arrival);
    if (before === null) awaited.push(arrival);
    if (sorted.repeats.length > 0) counted.set(text, payloadHash(claim.hash));
    tally.addRecord(claim.organizationId, arrival.place, arrival.reading.kind === 'metered' ? 'counted' : 'unassigned');
  });
  for (const repeat of sorted.repeats) judgeRepeat(repeat, counted.get(keyOf(repeat.record)));
  for (const { organizationId, place } of sorted.deadLetters) tally.addRecord(organizationId, place, 'dead_letter');
  for (const place of sorted.skipped) tally.addRecord(NO_ORGANIZATION, place, 'deleted');
  return { fresh, awaited, conflicts };
}
