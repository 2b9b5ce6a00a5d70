import type { Transaction } from '#libs/database/transaction.ts';

/** What a series says it ends with, and what its last document says. */
export interface SeriesEnd {
  readonly series: string;
  readonly lastNumber: string;
  readonly headHash: Buffer;
  readonly documentNumber: string | null;
  readonly documentHash: Buffer | null;
}

/** Those of an organization that do not end as they say. */
export async function selectBrokenSeries(tx: Transaction, organizationId: number): Promise<SeriesEnd[]> {
  const { rows } = await tx.query<SeriesEnd>(
    `SELECT s.series, s.last_number AS "lastNumber", s.head_hash AS "headHash", i.series_number AS "documentNumber", i.hash AS "documentHash"
       FROM invoice_series s
       LEFT JOIN LATERAL (SELECT series_number, hash FROM invoices i
                           WHERE i.organization_id = s.organization_id AND i.series = s.series
                           ORDER BY i.issue_date DESC, i.series_number DESC LIMIT 1) AS i ON true
      WHERE s.organization_id = $1 AND s.last_number > 0
        AND (i.series_number IS DISTINCT FROM s.last_number OR i.hash IS DISTINCT FROM s.head_hash)
      ORDER BY s.series`,
    [organizationId],
  );
  return rows;
}
