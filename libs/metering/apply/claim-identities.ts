import type { Transaction } from '#libs/database/transaction.ts';
import { identityText, keyOf, type SortedOut } from '../sort-out.ts';
import { adoptKeys } from '../store/adopt-keys.ts';
import { type Claim, claimKeys, isSamePlace } from '../store/claim-keys.ts';
import { lockKeys } from '../store/lock-keys.ts';
import type { KnownKey } from '../store/select-keys.ts';

export interface Identities {
  /** Each event of the batch, and the original of each correction that does not lie in it. Sorted. */
  readonly claims: readonly Claim[];
  /** By position, claims that others made before; null: an original for which a correction has waited. All others are new. */
  readonly known: ReadonlyMap<number, KnownKey | null>;
}

/**
 * Takes the identities of a batch, or learns who has them. What is corrected is locked as well, so that corrections of one event, and the
 * event itself, act one after the other, whichever partitions they came over.
 */
export async function claimIdentities(
  tx: Transaction,
  sorted: SortedOut,
  generations: readonly number[],
): Promise<Identities> {
  const claims = claimsOf(sorted);
  const known = new Map<number, KnownKey | null>(await claimKeys(tx, claims, generations));
  const corrected = new Set(sorted.corrections.map(({ record }) => keyOf(record)));
  const touched = [...claims.entries()].filter(
    ([position, { organizationId, key }]) =>
      corrected.has(identityText(organizationId, key)) || known.get(position)?.place === null,
  );
  const adopted: Claim[] = [];
  for (const [position, key] of await lockKeys(tx, touched)) {
    const claim = claims[position] as Claim;
    if (claim.awaited) {
      if (key.place) known.set(position, key);
    } else if (key.place === null) {
      adopted.push(claim);
      known.set(position, null);
    } else if (!isSamePlace(key.place, claim.place)) known.set(position, key);
  }
  await adoptKeys(tx, adopted);
  return { claims, known };
}

function claimsOf(sorted: SortedOut): Claim[] {
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
