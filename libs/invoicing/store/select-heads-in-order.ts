import type { Transaction } from '#libs/database/transaction.ts';
import { HEAD_FROM, type HeadRow, type StoredHead, toStoredHead } from './select-chain-heads.ts';
import type { ExportPosition } from './select-exported-invoices.ts';

/** Signed heads in the order of series and chains, from behind a document on; `until`: signed by then. */
export async function selectHeadsInOrder(
  tx: Transaction,
  organizationId: number,
  page: { readonly after: ExportPosition | undefined; readonly until: Date; readonly limit: number },
): Promise<StoredHead[]> {
  const [series = null, issueDate = null, number = null] = page.after ?? [];
  const { rows } = await tx.query<HeadRow>(
    `${HEAD_FROM}
      WHERE h.organization_id = $1
        AND ($2::text IS NULL OR (h.series, h.issue_date, h.series_number) > ($2, $3::date, $4::bigint))
        AND h.signed_at <= $6
      ORDER BY h.series, h.issue_date, h.series_number LIMIT $5`,
    [organizationId, series, issueDate, number, page.limit, page.until],
  );
  return rows.map(toStoredHead);
}
