import type { Transaction } from '#libs/database/transaction.ts';
import type { ChainedDocument } from '../chain/verify-chain.ts';
import type { Series, SeriesPlace } from '../documents/number.ts';

/** The documents of a series in the order of its chain, from behind `after` on. */
export async function selectChain(
  tx: Transaction,
  organizationId: number,
  series: Series,
  page: { readonly after?: SeriesPlace | undefined; readonly limit: number },
): Promise<ChainedDocument[]> {
  const { rows } = await tx.query<ChainedDocument>(
    `SELECT document, previous_hash AS "previousHash", hash
       FROM invoices
      WHERE organization_id = $1 AND series = $2 AND (issue_date, series_number) > ($3::date, $4::bigint)
      ORDER BY issue_date, series_number LIMIT $5`,
    [organizationId, series, page.after?.issueDate ?? '-infinity', page.after?.number ?? 0, page.limit],
  );
  return rows;
}
