import type { Transaction } from '#libs/database/transaction.ts';
import type { ChainedDocument } from '../verify-chain.ts';

/** The documents of a series in the order of its chain, from behind `after` (year and number) on. */
export async function selectChain(
  tx: Transaction,
  organizationId: number,
  series: string,
  page: { readonly after?: { readonly year: number; readonly number: number } | undefined; readonly limit: number },
): Promise<ChainedDocument[]> {
  const { rows } = await tx.query<ChainedDocument>(
    `SELECT document, previous_hash AS "previousHash", hash
       FROM invoices
      WHERE organization_id = $1 AND series = $2 AND (series_year, series_number) > ($3, $4)
      ORDER BY series_year, series_number LIMIT $5`,
    [organizationId, series, page.after?.year ?? 0, page.after?.number ?? 0, page.limit],
  );
  return rows;
}
