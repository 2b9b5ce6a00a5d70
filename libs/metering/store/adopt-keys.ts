import type { Transaction } from '#libs/database/transaction.ts';
import { dayOf } from '../day-of.ts';
import { type Claim, payloadHash } from './claim-keys.ts';

/** The originals of corrections have come: keys that were kept for them, and are locked, become their own. */
export async function adoptKeys(tx: Transaction, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return;
  await tx.query(
    `UPDATE event_keys k
        SET payload_hash = w.payload_hash, log_epoch = w.log_epoch, log_partition = w.log_partition, log_offset = w.log_offset, received_on = w.received_on
       FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::integer[], $5::smallint[], $6::bigint[], $7::date[])
         AS w (organization_id, event_key, payload_hash, log_epoch, log_partition, log_offset, received_on)
      WHERE k.organization_id = w.organization_id AND k.event_key = w.event_key`,
    [
      claims.map((claim) => claim.organizationId),
      claims.map((claim) => claim.key),
      claims.map((claim) => payloadHash(claim.hash)),
      claims.map(({ place }) => place.epoch),
      claims.map(({ place }) => place.partition),
      claims.map(({ place }) => place.offset.toString()),
      claims.map(({ place }) => dayOf(place.receivedAt)),
    ],
  );
}
