import type { Big } from '#libs/money/decimal.ts';
import type { ChargeLine } from '../charge/price-charge.ts';

/** A line before discounts and taxes of the invoice, in the currency's digits. */
export interface BillLine extends Omit<ChargeLine, 'charge' | 'kind'> {
  /** Null: of the plan as a whole. */
  readonly charge: string | null;
  readonly kind: ChargeLine['kind'] | 'plan_minimum';
}

/** What settling looks at. `charge`: the name by which discounts and taxes pick lines; where keys of charges would not do, each line has its own. */
export type Settleable = Pick<BillLine, 'charge' | 'amount'>;

/** Of an applied coupon. Exactly one of percent and amount. */
export interface Discount {
  readonly name?: string | undefined;
  readonly percent?: string | undefined;
  readonly amount?: string | undefined;
  /** Keys of the charges it is for; all lines, commitments too, if left out. */
  readonly charges?: readonly string[] | undefined;
}

export interface TaxRate {
  readonly name: string;
  readonly percent: string;
  /** Contained in the amounts rather than added to them. One bill has one kind. */
  readonly inclusive: boolean;
  readonly charges?: readonly string[] | undefined;
}

export const TAX_TREATMENTS = ['standard', 'reverse_charge', 'exempt', 'out_of_scope'] as const;
export type TaxTreatment = (typeof TAX_TREATMENTS)[number];

/** A rate's share of a line. */
export interface LineTax {
  readonly name: string;
  readonly percent: string;
  readonly amount: Big;
}

/** What settling found for a line. */
export interface Settlement {
  readonly discount: Big;
  /** Without discount and tax. */
  readonly net: Big;
  readonly taxes: readonly LineTax[];
}

export type SettledLine<Line extends Settleable = BillLine> = Line & Settlement;

export interface TaxTotal extends LineTax {
  readonly inclusive: boolean;
  /** What it is taken of, without tax. */
  readonly base: Big;
}

export interface Totals {
  /** Sum of the lines before discounts. */
  readonly subtotal: Big;
  readonly discountTotal: Big;
  readonly totalExcludingTax: Big;
  readonly taxTotal: Big;
  readonly total: Big;
  readonly prepaidApplied: Big;
  readonly amountDue: Big;
}

export interface Bill<Line extends Settleable = BillLine> {
  readonly lines: readonly SettledLine<Line>[];
  /** What each discount took off, in their order. */
  readonly discounts: readonly { readonly discount: Discount; readonly amount: Big }[];
  readonly taxes: readonly TaxTotal[];
  readonly totals: Totals;
}

/** Whether a discount or a tax that is for some charges is for a line. */
export const isFor = ({ charges }: Pick<Discount, 'charges'>, { charge }: Pick<BillLine, 'charge'>): boolean =>
  charges === undefined || (charge !== null && charges.includes(charge));
