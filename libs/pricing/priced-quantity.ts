import type { Big } from '#libs/money/decimal.ts';
import type { PriceStep } from './price-step.ts';

/** What a quantity costs, not yet rounded, and how that came about. The steps' amounts add up to the amount. */
export interface PricedQuantity {
  readonly amount: Big;
  readonly steps: readonly PriceStep[];
}
