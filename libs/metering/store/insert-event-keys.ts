import type { Transaction } from '#libs/database/transaction.ts';
import { type Candidate, identityText, keyOf } from '../sort-out.ts';

/**
 * Claims identities. `candidates` must be sorted by identity, so that two writers never wait for each other in a circle.
 * @returns keys (see keyOf) that were new; the others had been counted before.
 */
export async function insertEventKeys(tx: Transaction, candidates: readonly Candidate[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ organization_id: number; event_key: string }>(
    `INSERT INTO event_keys (organization_id, event_key, payload_hash, log_partition, log_offset, received_on)
     SELECT * FROM unnest($1::integer[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::date[])
     ON CONFLICT DO NOTHING
     RETURNING organization_id, event_key`,
    [
      candidates.map(({ record }) => record.organizationId),
      candidates.map(({ record }) => record.identity.key.toString('hex')),
      candidates.map(({ record }) => record.identity.hash.subarray(0, 16).toString('hex')),
      candidates.map(({ place }) => place.partition),
      candidates.map(({ place }) => place.offset.toString()),
      candidates.map(({ place }) => place.receivedAt.toISOString().slice(0, 10)),
    ],
  );
  if (rows.length === candidates.length) return new Set(candidates.map(({ record }) => keyOf(record)));
  return new Set(rows.map((row) => identityText(row.organization_id, row.event_key.replaceAll('-', ''))));
}
