import type { TaxRateEntry } from './tax-rate-schema.ts';

/** What is wrong with the rate at a place of a list. */
export interface TaxRateFault {
  readonly index: number;
  readonly code: 'unknown_tax_rate' | 'mixed_tax_rates';
  readonly detail: string;
}

/**
 * What keeps rates from standing on one bill: each must exist, and all must be contained in the amounts or all be added to them.
 * `entries`: all that these keys have.
 */
export function taxRateFaults(keys: readonly string[], entries: readonly TaxRateEntry[]): TaxRateFault[] {
  const inclusive = new Map(entries.map((entry) => [entry.key, entry.inclusive]));
  const first = keys.find((key) => inclusive.has(key));
  return keys.flatMap((key, index): TaxRateFault[] => {
    if (!inclusive.has(key))
      return [{ index, code: 'unknown_tax_rate', detail: `names the tax rate "${key}", which does not exist` }];
    if (inclusive.get(key) === inclusive.get(first as string)) return [];
    const how = (one: string) => `"${one}" is ${inclusive.get(one) ? 'contained in the amounts' : 'added to them'}`;
    return [
      {
        index,
        code: 'mixed_tax_rates',
        detail: `cannot stand beside others: ${how(key)}, but ${how(first as string)}`,
      },
    ];
  });
}
