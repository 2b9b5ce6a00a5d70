import type { Transaction } from '#libs/database/transaction.ts';

/** The end of a series that nobody has signed yet. */
export interface UnsignedHead {
  readonly organizationId: number;
  readonly series: string;
  readonly issueDate: string;
  readonly number: number;
  /** What the series says its last document's hash is. */
  readonly headHash: Buffer;
  /** What that document says; null when it is not there. */
  readonly documentHash: Buffer | null;
}

/** Of all organizations. Locks nothing: a series that moves on meanwhile is looked at again. */
export async function selectUnsignedHeads(tx: Transaction, limit: number): Promise<UnsignedHead[]> {
  const { rows } = await tx.query<Omit<UnsignedHead, 'number'> & { number: string }>(
    `SELECT s.organization_id AS "organizationId", s.series, s.last_issue_date AS "issueDate", s.last_number AS number, s.head_hash AS "headHash",
            i.hash AS "documentHash"
       FROM invoice_series s
       LEFT JOIN invoices i ON i.organization_id = s.organization_id AND i.series = s.series AND i.issue_date = s.last_issue_date
                           AND i.series_number = s.last_number
      WHERE s.last_number > 0
        AND NOT EXISTS (SELECT FROM chain_heads h WHERE h.organization_id = s.organization_id AND h.series = s.series
                           AND h.issue_date = s.last_issue_date AND h.series_number = s.last_number)
      ORDER BY s.organization_id, s.series LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}
