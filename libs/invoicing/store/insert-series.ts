import type { Transaction } from '#libs/database/transaction.ts';
import { CHAIN_START } from '../chain/document-hash.ts';

/** Opens a series that has no row yet; waits for a concurrent one that does the same and then leaves it alone. */
export async function insertSeries(tx: Transaction, organizationId: number, series: string): Promise<void> {
  await tx.query(
    `INSERT INTO invoice_series (organization_id, series, last_number, last_issue_date, head_hash)
     VALUES ($1, $2, 0, NULL, $3) ON CONFLICT DO NOTHING`,
    [organizationId, series, CHAIN_START],
  );
}
