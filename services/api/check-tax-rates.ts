import { selectTaxRates } from '#libs/catalog/store/select-tax-rates.ts';
import { taxRateFaults } from '#libs/catalog/tax-rate-faults.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { type FieldError, invalidFields } from '#libs/http/errors.ts';

/** Faults of the keys in `/tax_rates`. A key never disappears nor changes sides, so what is found stays true without a lock. */
export async function findTaxRateFaults(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[] | null | undefined,
): Promise<FieldError[]> {
  if (!keys || keys.length === 0) return [];
  const entries = await selectTaxRates(tx, organizationId, keys);
  return taxRateFaults(keys, entries).map(({ index, code, detail }) => ({
    pointer: `/tax_rates/${index}`,
    code,
    detail,
  }));
}

/** @throws ApiError naming every key that cannot stand there */
export async function checkTaxRates(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[] | null | undefined,
): Promise<void> {
  const faults = await findTaxRateFaults(tx, organizationId, keys);
  if (faults.length > 0) throw invalidFields(faults);
}
