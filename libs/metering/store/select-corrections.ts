import type { Transaction } from '#libs/database/transaction.ts';
import type { Correction, EventChanges } from '#libs/events/event.ts';
import { identityText } from '../sort-out.ts';
import { plainArray } from './array-literal.ts';
import type { StoredCorrection } from './insert-corrections.ts';

/** Corrections of these identities so far, by identity (see identityText), in the order of the log. `record.hash` and the original's names are not stored and come back empty. */
export async function selectCorrections(
  tx: Transaction,
  targets: readonly { readonly organizationId: number; readonly key: string }[],
): Promise<Map<string, StoredCorrection[]>> {
  const { rows } = await tx.query<CorrectionRow>(
    `SELECT c.*, c.applied_on::text AS applied_on
       FROM unnest($1::integer[], $2::uuid[]) AS w (organization_id, event_key)
       JOIN event_corrections c USING (organization_id, event_key)
      ORDER BY c.log_epoch, c.log_partition, c.log_offset`,
    [plainArray(targets.map((target) => target.organizationId)), plainArray(targets.map((target) => target.key))],
  );
  const found = new Map<string, StoredCorrection[]>();
  for (const row of rows) {
    const text = identityText(row.organization_id, row.event_key.replaceAll('-', ''));
    const list = found.get(text);
    if (list) list.push(toCorrection(row));
    else found.set(text, [toCorrection(row)]);
  }
  return found;
}

interface CorrectionRow {
  readonly organization_id: number;
  readonly event_key: string;
  readonly correction_key: string;
  readonly payload_hash: string;
  readonly correction_id: string;
  readonly kind: Correction['kind'];
  readonly state: StoredCorrection['state'];
  readonly detail: string | null;
  readonly reason: string;
  readonly actor: string;
  readonly changes: EventChanges;
  readonly log_epoch: number;
  readonly log_partition: number;
  readonly log_offset: string;
  readonly received_at: Date;
  readonly revision: number | null;
  readonly applied_epoch: number | null;
  readonly applied_partition: number | null;
  readonly applied_offset: string | null;
  readonly applied_on: string | null;
}

const toCorrection = (row: CorrectionRow): StoredCorrection => ({
  place: {
    epoch: row.log_epoch,
    partition: row.log_partition,
    offset: BigInt(row.log_offset),
    receivedAt: row.received_at.getTime(),
  },
  record: {
    kind: 'correction',
    organizationId: row.organization_id,
    identity: { key: row.event_key.replaceAll('-', ''), partitionKey: Buffer.alloc(0) },
    hash: '',
    correction: {
      kind: row.kind,
      id: '',
      source: '',
      correctionId: row.correction_id,
      reason: row.reason,
      actor: row.actor,
      changes: row.changes,
    },
  },
  correctionKey: row.correction_key.replaceAll('-', ''),
  payloadHash: row.payload_hash,
  state: row.state,
  detail: row.detail,
  revision: row.revision,
  appliedAt:
    row.applied_offset === null
      ? null
      : {
          epoch: row.applied_epoch as number,
          partition: row.applied_partition as number,
          offset: BigInt(row.applied_offset),
          receivedAt: Date.parse(row.applied_on as string),
        },
});
