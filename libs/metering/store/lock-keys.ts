import type { Transaction } from '#libs/database/transaction.ts';
import { plainArray } from './array-literal.ts';
import type { Claim } from './claim-keys.ts';
import { type KeyRow, type KnownKey, toKnownKey } from './select-keys.ts';

/**
 * Holds claimed keys until commit and tells what is true of them then. `claims` by position; all of them exist. Whoever corrects an event,
 * or is the original that a correction waits for, has to have its key: two that come over different partitions act one after the other.
 */
export async function lockKeys(
  tx: Transaction,
  claims: readonly (readonly [position: number, claim: Claim])[],
): Promise<Map<number, KnownKey>> {
  if (claims.length === 0) return new Map();
  const { rows } = await tx.query<KeyRow>(
    `SELECT w.position::integer, k.payload_hash, k.log_epoch, k.log_partition, k.log_offset, k.received_on::text
       FROM unnest($1::integer[], $2::uuid[], $3::integer[]) AS w (organization_id, event_key, position)
       JOIN event_keys k USING (organization_id, event_key)
      ORDER BY k.organization_id, k.event_key FOR UPDATE OF k`,
    [
      plainArray(claims.map(([, claim]) => claim.organizationId)),
      plainArray(claims.map(([, claim]) => claim.key)),
      plainArray(claims.map(([position]) => position)),
    ],
  );
  return new Map(rows.map((row) => [row.position, toKnownKey(row)]));
}
