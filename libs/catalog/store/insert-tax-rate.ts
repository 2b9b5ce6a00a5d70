import type { Transaction } from '#libs/database/transaction.ts';
import type { TaxRateEntry } from '../tax-rate-schema.ts';
import { TAX_RATE_COLUMNS } from './tax-rate-columns.ts';

/** Under lockTaxRateKey, after a look that it overlaps no other entry. */
export async function insertTaxRate(
  tx: Transaction,
  organizationId: number,
  entry: Omit<TaxRateEntry, 'createdAt'>,
): Promise<TaxRateEntry> {
  const { rows } = await tx.query<TaxRateEntry>(
    `INSERT INTO tax_rates (organization_id, id, key, name, percent, inclusive, charges, valid_from, valid_to)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${TAX_RATE_COLUMNS}`,
    [
      organizationId,
      entry.id,
      entry.key,
      entry.name,
      entry.percent,
      entry.inclusive,
      entry.charges,
      entry.validFrom,
      entry.validTo,
    ],
  );
  return rows[0] as TaxRateEntry;
}
