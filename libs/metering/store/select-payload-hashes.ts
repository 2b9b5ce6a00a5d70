import type { Transaction } from '#libs/database/transaction.ts';
import type { EventRecord } from '#libs/events/record.ts';
import { keyOf } from '../sort-out.ts';

/** The payload hash (first 16 bytes, hex) under which each of these identities was counted. */
export async function selectPayloadHashes(
  tx: Transaction,
  records: readonly EventRecord[],
): Promise<Map<string, string>> {
  if (records.length === 0) return new Map();
  const { rows } = await tx.query<{ position: number; payload_hash: string }>(
    `SELECT w.position::integer, k.payload_hash
       FROM unnest($1::integer[], $2::uuid[]) WITH ORDINALITY AS w (organization_id, event_key, position)
       JOIN event_keys k USING (organization_id, event_key)`,
    [records.map((record) => record.organizationId), records.map((record) => record.identity.key.toString('hex'))],
  );
  return new Map(
    rows.map((row) => [keyOf(records[row.position - 1] as EventRecord), row.payload_hash.replaceAll('-', '')]),
  );
}
