import type { Transaction } from '#libs/database/transaction.ts';
import { dayOf } from '../day-of.ts';
import { type Claim, payloadHash } from './claim-keys.ts';

/** The original of a correction has come: the key that was kept for it becomes its own. */
export async function adoptKey(tx: Transaction, { organizationId, key, hash, place }: Claim): Promise<void> {
  await tx.query(
    `UPDATE event_keys SET payload_hash = $3, log_epoch = $4, log_partition = $5, log_offset = $6, received_on = $7
      WHERE organization_id = $1 AND event_key = $2`,
    [
      organizationId,
      key,
      payloadHash(hash),
      place.epoch,
      place.partition,
      place.offset.toString(),
      dayOf(place.receivedAt),
    ],
  );
}
