import type { Transaction } from '#libs/database/transaction.ts';
import type { TaxRateEntry } from '../tax-rate-schema.ts';
import { TAX_RATE_COLUMNS } from './tax-rate-columns.ts';

/** Entries in the order they were made, of one key or (null) all, behind `afterId` (null: from the first). */
export async function listTaxRates(
  tx: Transaction,
  organizationId: number,
  key: string | null,
  afterId: string | null,
  limit: number,
): Promise<TaxRateEntry[]> {
  const { rows } = await tx.query<TaxRateEntry>(
    `SELECT ${TAX_RATE_COLUMNS} FROM tax_rates
      WHERE organization_id = $1 AND ($2::text IS NULL OR key = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
    [organizationId, key, afterId, limit],
  );
  return rows;
}
