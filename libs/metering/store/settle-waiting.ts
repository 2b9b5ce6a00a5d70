import type { Transaction } from '#libs/database/transaction.ts';
import { appliedColumns, type StoredCorrection } from './insert-corrections.ts';

/** The original of these corrections has come: notes what became of them. */
export async function settleWaiting(tx: Transaction, corrections: readonly StoredCorrection[]): Promise<void> {
  if (corrections.length === 0) return;
  await tx.query(
    `UPDATE event_corrections c
        SET state = w.state, detail = w.detail, revision = w.revision, applied_epoch = w.applied_epoch,
            applied_partition = w.applied_partition, applied_offset = w.applied_offset, applied_on = w.applied_on
       FROM unnest($1::integer[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::smallint[], $9::bigint[], $10::date[])
         AS w (organization_id, event_key, correction_key, state, detail, revision, applied_epoch, applied_partition, applied_offset, applied_on)
      WHERE c.organization_id = w.organization_id AND c.event_key = w.event_key AND c.correction_key = w.correction_key`,
    [
      corrections.map(({ record }) => record.organizationId),
      corrections.map(({ record }) => record.identity.key),
      corrections.map((each) => each.correctionKey),
      corrections.map((each) => each.state),
      corrections.map((each) => each.detail),
      ...appliedColumns(corrections),
    ],
  );
}
