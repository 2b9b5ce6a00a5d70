import type { Big } from '#libs/money/decimal.ts';
import type { Charge } from '../charge-schema.ts';
import type { Price } from '../price-schema.ts';
import type { PriceStep } from '../price-step.ts';
import type { Usage } from '../usage.ts';

/** The days of a period that are billed, of all its days. */
export interface DayShare {
  readonly days: number;
  readonly periodDays: number;
}

export interface ChargeContext {
  readonly charge: Charge;
  readonly price: Price;
  readonly currency: string;
  /** For the whole period: undefined. */
  readonly share: DayShare | undefined;
}

/** One group of a charge on its way from quantity to amount. */
export interface Working {
  readonly usage: Usage;
  readonly amount: Big;
  readonly steps: readonly PriceStep[];
}

/** One change of the working, told in a step, or none where the charge does not ask for it. */
export type Mutator = (working: Working, context: ChargeContext) => Working;

/** The working with a changed amount and the step that says so. */
export const changedBy = (working: Working, change: Big, step: Omit<PriceStep, 'amount'>, text: string): Working => ({
  ...working,
  amount: working.amount.plus(change),
  steps: [...working.steps, { ...step, amount: text }],
});
