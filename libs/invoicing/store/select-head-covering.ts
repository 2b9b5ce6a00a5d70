import type { Transaction } from '#libs/database/transaction.ts';
import { HEAD_FROM, type HeadRow, type StoredHead, toStoredHead } from './select-chain-heads.ts';

/** The first signed head at a document or behind it; null: nobody signed so far. */
export async function selectHeadCovering(
  tx: Transaction,
  organizationId: number,
  place: { readonly series: string; readonly issueDate: string; readonly number: number },
): Promise<StoredHead | null> {
  const { rows } = await tx.query<HeadRow>(
    `${HEAD_FROM}
      WHERE h.organization_id = $1 AND h.series = $2 AND (h.issue_date, h.series_number) >= ($3::date, $4::bigint)
      ORDER BY h.issue_date, h.series_number LIMIT 1`,
    [organizationId, place.series, place.issueDate, place.number],
  );
  return rows[0] ? toStoredHead(rows[0]) : null;
}
