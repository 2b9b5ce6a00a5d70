import type { Transaction } from '#libs/database/transaction.ts';
import type { ChainedDocument } from '../chain/verify-chain.ts';

/** What stands before a document in its series; null: it is the first. By the columns, which the document itself is held against. */
export async function selectChainBefore(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<ChainedDocument | null> {
  const { rows } = await tx.query<ChainedDocument>(
    `SELECT b.document, b.previous_hash AS "previousHash", b.hash
       FROM invoices i
       JOIN invoices b ON b.organization_id = i.organization_id AND b.series = i.series
                      AND (b.issue_date, b.series_number) < (i.issue_date, i.series_number)
      WHERE i.organization_id = $1 AND i.id = $2
      ORDER BY b.issue_date DESC, b.series_number DESC LIMIT 1`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
