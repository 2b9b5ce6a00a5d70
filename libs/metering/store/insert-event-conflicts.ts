import type { Transaction } from '#libs/database/transaction.ts';
import type { Arrival, CorrectionArrival } from '../sort-out.ts';

/** Keeps records that came with an identity already taken and another payload. */
export async function insertEventConflicts(
  tx: Transaction,
  conflicts: readonly Pick<Arrival | CorrectionArrival, 'place' | 'record'>[],
): Promise<void> {
  if (conflicts.length === 0) return;
  await tx.query(
    `INSERT INTO event_conflicts (organization_id, event_key, log_epoch, log_partition, log_offset, received_at, record)
     SELECT * FROM unnest($1::integer[], $2::uuid[], $3::integer[], $4::smallint[], $5::bigint[], $6::timestamptz[], $7::jsonb[])`,
    [
      conflicts.map(({ record }) => record.organizationId),
      conflicts.map(({ record }) => record.identity.key),
      conflicts.map(({ place }) => place.epoch),
      conflicts.map(({ place }) => place.partition),
      conflicts.map(({ place }) => place.offset.toString()),
      conflicts.map(({ place }) => new Date(place.receivedAt)),
      conflicts.map(({ record }) => JSON.stringify(record.kind === 'event' ? record.event : record.correction)),
    ],
  );
}
