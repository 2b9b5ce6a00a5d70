/** One step of a price's working, as plain data. All figures are decimal strings; amounts are not yet rounded. */
export interface PriceStep {
  /** What was applied: 'per_unit', 'tier', 'tier_flat', 'flat', 'proration'. */
  readonly rule: string;
  /** For tiers: exclusive lower and inclusive upper bound, null when open. */
  readonly from?: string;
  readonly up_to?: string | null;
  readonly quantity: string;
  readonly unit_amount?: string;
  readonly amount: string;
}
