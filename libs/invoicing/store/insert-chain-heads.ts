import type { Transaction } from '#libs/database/transaction.ts';
import type { SignedHead } from '../chain/chain-head.ts';

/** Stores signed heads; one that somebody else signed meanwhile stays as it is. Tells how many are new. */
export async function insertChainHeads(tx: Transaction, heads: readonly SignedHead[]): Promise<number> {
  const { rowCount } = await tx.query(
    `INSERT INTO chain_heads (organization_id, series, issue_date, series_number, hash, signed_at, key_id, signature)
     SELECT * FROM unnest($1::integer[], $2::text[], $3::date[], $4::bigint[], $5::bytea[], $6::timestamptz[], $7::text[], $8::bytea[])
     ON CONFLICT DO NOTHING`,
    [
      heads.map((head) => head.organization),
      heads.map((head) => head.series),
      heads.map((head) => head.issue_date),
      heads.map((head) => head.series_number),
      heads.map((head) => Buffer.from(head.hash, 'hex')),
      heads.map((head) => head.signed_at),
      heads.map((head) => head.key_id),
      heads.map((head) => Buffer.from(head.signature, 'base64')),
    ],
  );
  return rowCount ?? 0;
}
