import type { TaxTreatment } from '#libs/pricing/totals/bill.ts';
import { holdsOn, type TaxRateEntry } from './tax-rate-schema.ts';

/** Rates that should be on a bill and have no entry for its day. */
export class MissingTaxRate extends Error {
  readonly keys: readonly string[];
  readonly on: string;

  constructor(keys: readonly string[], on: string) {
    const names = keys.map((key) => `"${key}"`).join(', ');
    super(
      `there is no percentage of tax rate ${names} for ${on}; say what it was by POST /v1/tax-rates, or take the rate from the customer`,
    );
    this.name = 'MissingTaxRate';
    this.keys = keys;
    this.on = on;
  }
}

export interface Taxpayer {
  readonly taxTreatment: TaxTreatment;
  /** Keys of its own rates; null: those of the organization. */
  readonly taxRates: readonly string[] | null;
}

/**
 * The tax rates of a customer as they were on the day that decides (see billingDay). Without any rate named there is no tax; a rate that is
 * named and has no entry for that day is never taken for zero. Who pays none needs no rates.
 * @throws MissingTaxRate naming all that are missing
 */
export function ratesOn(
  { taxTreatment, taxRates }: Taxpayer,
  organizationRates: readonly string[],
  entries: readonly TaxRateEntry[],
  on: string,
): TaxRateEntry[] {
  if (taxTreatment !== 'standard') return [];
  const keys = taxRates ?? organizationRates;
  const held = new Map(entries.filter((entry) => holdsOn(entry, on)).map((entry) => [entry.key, entry]));
  const missing = keys.filter((key) => !held.has(key));
  if (missing.length > 0) throw new MissingTaxRate(missing, on);
  return keys.map((key) => held.get(key) as TaxRateEntry);
}
