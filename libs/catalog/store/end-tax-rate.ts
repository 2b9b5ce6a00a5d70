import type { Transaction } from '#libs/database/transaction.ts';
import type { TaxRateEntry } from '../tax-rate-schema.ts';
import { TAX_RATE_COLUMNS } from './tax-rate-columns.ts';

/** Under lockTaxRateKey. */
export async function endTaxRate(
  tx: Transaction,
  organizationId: number,
  id: string,
  validTo: string,
): Promise<TaxRateEntry> {
  const { rows } = await tx.query<TaxRateEntry>(
    `UPDATE tax_rates SET valid_to = $3 WHERE organization_id = $1 AND id = $2 RETURNING ${TAX_RATE_COLUMNS}`,
    [organizationId, id, validTo],
  );
  return rows[0] as TaxRateEntry;
}
