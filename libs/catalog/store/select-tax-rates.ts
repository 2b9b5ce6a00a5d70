import type { Transaction } from '#libs/database/transaction.ts';
import type { TaxRateEntry } from '../tax-rate-schema.ts';
import { TAX_RATE_COLUMNS } from './tax-rate-columns.ts';

/** All entries of these keys by their first day, withdrawn ones too. */
export async function selectTaxRates(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<TaxRateEntry[]> {
  const { rows } = await tx.query<TaxRateEntry>(
    `SELECT ${TAX_RATE_COLUMNS} FROM tax_rates WHERE organization_id = $1 AND key = ANY($2::text[]) ORDER BY key, valid_from, id`,
    [organizationId, keys],
  );
  return rows;
}
