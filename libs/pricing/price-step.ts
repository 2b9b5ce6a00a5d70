/**
 * One step of a price's working, as plain data. All figures are decimal strings without exponent; amounts are not yet rounded. The
 * amounts of the steps add up to the amount they explain.
 */
export interface PriceStep {
  /** What was applied. 'flat' and 'tier_flat' count 1; 'proration' counts days. */
  readonly rule: 'per_unit' | 'tier' | 'tier_flat' | 'flat' | 'proration';
  /** For tiers: exclusive lower and inclusive upper bound, null when open. */
  readonly from?: string;
  readonly up_to?: string | null;
  readonly quantity: string;
  /** For proration: the days of the whole period; unit_amount is the fee of the whole period. */
  readonly period_quantity?: string;
  readonly unit_amount?: string;
  readonly amount: string;
}
