import type { Transaction } from '#libs/database/transaction.ts';
import type { LogPlace } from '../place.ts';

/** An identity that is taken. */
export interface KnownKey {
  /** First 64 bits of the payload hash, see payloadHash. */
  readonly payloadHash: string;
  /** Where its raw event lies. Null: a correction came first, its original is still awaited. */
  readonly place: Omit<LogPlace, 'receivedAt'> | null;
  /** Day of the raw event, YYYY-MM-DD. */
  readonly receivedOn: string;
}

/** What is known of these identities (array literals of organizations and keys), by position. In a snapshot of its own: sees what others committed. */
export async function selectKeys(tx: Transaction, organizations: string, keys: string): Promise<Map<number, KnownKey>> {
  const { rows } = await tx.query<KeyRow>(
    `SELECT w.position::integer, k.payload_hash, k.log_epoch, k.log_partition, k.log_offset, k.received_on::text
       FROM unnest($1::integer[], $2::uuid[]) WITH ORDINALITY AS w (organization_id, event_key, position)
       JOIN event_keys k USING (organization_id, event_key)`,
    [organizations, keys],
  );
  return new Map(rows.map((row) => [row.position - 1, toKnownKey(row)]));
}

export interface KeyRow {
  readonly position: number;
  readonly payload_hash: string;
  readonly log_epoch: number;
  readonly log_partition: number;
  readonly log_offset: string;
  readonly received_on: string;
}

export function toKnownKey(row: KeyRow): KnownKey {
  const offset = BigInt(row.log_offset);
  return {
    payloadHash: row.payload_hash,
    place: offset < 0n ? null : { epoch: row.log_epoch, partition: row.log_partition, offset },
    receivedOn: row.received_on,
  };
}
