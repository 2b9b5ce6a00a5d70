import type { Transaction } from '#libs/database/transaction.ts';
import type { SignedHead } from '../chain/chain-head.ts';

export interface StoredHead extends SignedHead {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
}

/** Sort key of a head: when it was signed, and which it is. */
export type HeadPosition = readonly [signedAt: string, series: string, issueDate: string, number: number];

/** Signed heads, newest first. */
export async function selectChainHeads(
  tx: Transaction,
  organizationId: number,
  page: { readonly after: HeadPosition | undefined; readonly limit: number },
): Promise<StoredHead[]> {
  const [signedAt = null, series = null, issueDate = null, number = null] = page.after ?? [];
  const { rows } = await tx.query<HeadRow>(
    `${HEAD_FROM}
      WHERE h.organization_id = $1
        AND ($2::timestamptz IS NULL OR (h.signed_at, h.series, h.issue_date, h.series_number) < ($2, $3::text, $4::date, $5::bigint))
      ORDER BY h.signed_at DESC, h.series DESC, h.issue_date DESC, h.series_number DESC LIMIT $6`,
    [organizationId, signedAt, series, issueDate, number, page.limit],
  );
  return rows.map(toStoredHead);
}

/** Beginning of every statement that answers with heads. */
export const HEAD_FROM = `SELECT h.organization_id AS organization, h.series, h.issue_date, h.series_number, h.hash, h.signed_at, h.key_id, h.signature,
            k.public_key
       FROM chain_heads h JOIN signing_keys k ON k.organization_id = h.organization_id AND k.id = h.key_id`;

export interface HeadRow {
  readonly organization: number;
  readonly series: string;
  readonly issue_date: string;
  readonly series_number: string;
  readonly hash: Buffer;
  readonly signed_at: Date;
  readonly key_id: string;
  readonly signature: Buffer;
  readonly public_key: Buffer;
}

export const toStoredHead = (row: HeadRow): StoredHead => ({
  organization: row.organization,
  series: row.series,
  issue_date: row.issue_date,
  series_number: Number(row.series_number),
  hash: row.hash.toString('hex'),
  signed_at: row.signed_at.toISOString(),
  key_id: row.key_id,
  signature: row.signature.toString('base64'),
  publicKey: row.public_key,
});
