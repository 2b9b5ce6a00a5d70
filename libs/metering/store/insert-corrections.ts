import type { Transaction } from '#libs/database/transaction.ts';
import { dayOf } from '../day-of.ts';
import type { LogPlace } from '../place.ts';
import type { CorrectionArrival } from '../sort-out.ts';

/** A correction with what became of it. */
export interface StoredCorrection extends CorrectionArrival {
  /** 32 hex digits, see correctionKey. */
  readonly correctionKey: string;
  /** First 64 bits of its hash, see payloadHash. */
  readonly payloadHash: string;
  readonly state: 'waiting' | 'applied' | 'refused';
  /** Why it was refused. */
  readonly detail: string | null;
  /** Of the event after it. A void leaves the revision that it took back. */
  readonly revision: number | null;
  /** The place of the raw rows it made. */
  readonly appliedAt: LogPlace | null;
}

export async function insertCorrections(tx: Transaction, corrections: readonly StoredCorrection[]): Promise<void> {
  if (corrections.length === 0) return;
  await tx.query(
    `INSERT INTO event_corrections (organization_id, event_key, correction_key, payload_hash, correction_id, kind, state, detail, reason, actor,
                                    changes, log_epoch, log_partition, log_offset, received_at, revision,
                                    applied_epoch, applied_partition, applied_offset, applied_on)
     SELECT * FROM unnest($1::integer[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                          $11::jsonb[], $12::integer[], $13::smallint[], $14::bigint[], $15::timestamptz[], $16::integer[],
                          $17::integer[], $18::smallint[], $19::bigint[], $20::date[])`,
    [
      corrections.map(({ record }) => record.organizationId),
      corrections.map(({ record }) => record.identity.key),
      corrections.map((each) => each.correctionKey),
      corrections.map((each) => each.payloadHash),
      corrections.map(({ record }) => record.correction.correctionId),
      corrections.map(({ record }) => record.correction.kind),
      corrections.map((each) => each.state),
      corrections.map((each) => each.detail),
      corrections.map(({ record }) => record.correction.reason),
      corrections.map(({ record }) => record.correction.actor),
      corrections.map(({ record }) => JSON.stringify(record.correction.changes)),
      corrections.map(({ place }) => place.epoch),
      corrections.map(({ place }) => place.partition),
      corrections.map(({ place }) => place.offset.toString()),
      corrections.map(({ place }) => new Date(place.receivedAt)),
      ...appliedColumns(corrections),
    ],
  );
}

/** revision, applied_epoch, applied_partition, applied_offset, applied_on. */
export const appliedColumns = (corrections: readonly StoredCorrection[]): unknown[][] => [
  corrections.map((each) => each.revision),
  corrections.map(({ appliedAt }) => appliedAt?.epoch ?? null),
  corrections.map(({ appliedAt }) => appliedAt?.partition ?? null),
  corrections.map(({ appliedAt }) => appliedAt?.offset.toString() ?? null),
  corrections.map(({ appliedAt }) => (appliedAt ? dayOf(appliedAt.receivedAt) : null)),
];
