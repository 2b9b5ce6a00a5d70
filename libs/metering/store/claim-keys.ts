import type { Transaction } from '#libs/database/transaction.ts';
import { dayOf } from '../day-of.ts';
import type { LogPlace } from '../place.ts';
import { plainArray } from './array-literal.ts';
import { type KnownKey, selectKeys } from './select-keys.ts';

/** One identity to be claimed. */
export interface Claim {
  readonly organizationId: number;
  /** 32 hex digits. */
  readonly key: string;
  /** 64 hex digits. */
  readonly hash: string;
  readonly place: LogPlace;
  /** A correction whose original was not seen in this batch: keeps the place for it. */
  readonly awaited: boolean;
}

/** Generations of keys that are looked into; the last one takes the new ones. */
export type Generations = readonly number[];

export const AWAITED_OFFSET = -1n;

/** First 64 bits of a hash as a signed integer. */
export const payloadHash = (hash: string): string => BigInt.asIntN(64, BigInt(`0x${hash.slice(0, 16)}`)).toString();

/**
 * Claims identities, in the order of organization and key, so that two writers never wait for each other in a circle.
 * @returns by position, the claims that had been made before; all others are new.
 */
export async function claimKeys(
  tx: Transaction,
  claims: readonly Claim[],
  generations: Generations,
): Promise<Map<number, KnownKey>> {
  if (claims.length === 0) return new Map();
  const organizations = plainArray(claims.map((claim) => claim.organizationId));
  const keys = plainArray(claims.map((claim) => claim.key));
  const { rowCount } = await tx.query({
    // Postgres cuts names at 63 bytes, so not all are listed: the oldest are dropped first, and these three tell any two lists apart.
    name: `claim-keys-${generations[0]}-${generations.at(-1)}-${generations.length}`,
    text: insertOf(generations),
    values: [
      organizations,
      keys,
      plainArray(claims.map((claim) => payloadHash(claim.hash))),
      plainArray(claims.map(({ awaited, place }) => (awaited ? AWAITED_OFFSET : place.offset))),
      plainArray(claims.map(({ place }) => place.epoch)),
      plainArray(claims.map(({ place }) => place.partition)),
      plainArray(claims.map(({ place }) => dayOf(place.receivedAt))),
    ],
  });
  if (rowCount === claims.length) return new Map();
  const known = new Map<number, KnownKey>();
  for (const [position, key] of await selectKeys(tx, organizations, keys)) {
    const { awaited, place } = claims[position] as Claim;
    if (awaited ? key.place !== null : !isSamePlace(key.place, place)) known.set(position, key);
  }
  return known;
}

export const isSamePlace = (a: KnownKey['place'], b: KnownKey['place']): boolean =>
  a !== null && b !== null && a.epoch === b.epoch && a.partition === b.partition && a.offset === b.offset;

/** Older generations are only looked into, so they cost no writes. */
function insertOf(generations: Generations): string {
  const current = generations.at(-1) as number;
  const unseen = generations
    .slice(0, -1)
    .map(
      (generation) =>
        `NOT EXISTS (SELECT FROM event_keys_g${generation} k WHERE k.organization_id = w.o AND k.event_key = w.k)`,
    );
  return `INSERT INTO event_keys_g${current} (organization_id, event_key, payload_hash, log_offset, log_epoch, log_partition, received_on, generation)
          SELECT w.*, ${current} FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::integer[], $6::smallint[], $7::date[])
                              AS w (o, k, payload_hash, log_offset, log_epoch, log_partition, received_on)
          ${unseen.length > 0 ? `WHERE ${unseen.join(' AND ')}` : ''}
          ORDER BY w.o, w.k
          ON CONFLICT DO NOTHING`;
}
