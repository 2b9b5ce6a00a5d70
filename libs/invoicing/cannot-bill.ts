/** Why a customer cannot be billed. Codes are shown by the API, listed in docs/api/billing-runs.md, and never renamed. */
export const cannotBillReasons = {
  missing_price: 'A charge has no price in the currency of the subscription, or for what was used',
  invalid_price: 'A price cannot be read',
  price_needs_meter: 'A price is for usage, and its charge has no meter',
  missing_quantity: 'A charge prices a quantity that the subscription does not have',
  missing_tax_rate: 'A tax rate has no percentage for a day',
  mixed_taxes: 'Taxes contained in the amounts and taxes added to them would stand on one document',
  missing_exchange_rate: "There is no exchange rate into the seller's currency",
  unknown_currency: 'The currency is not known',
  unknown_time_zone: 'The time zone is not known',
  negative_total: 'Lines entered by hand take the invoice below zero',
  check_failed: 'The invoice does not add up',
  refused_by_database: 'The database refused the invoice',
} as const;

export type CannotBillCode = keyof typeof cannotBillReasons;

/** Of customers that are parked: what nobody foresaw is among them. */
export const parkedReasons = { ...cannotBillReasons, internal_error: 'Tollbook failed at this customer' } as const;

/** Stops the bill of one customer, who is parked with this reason; nothing is ever billed as zero instead. */
export class CannotBill extends Error {
  override readonly name = 'CannotBill';
  readonly code: CannotBillCode;

  constructor(code: CannotBillCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/** Why one customer is parked. What nobody foresaw parks it too: it must not keep the others from being billed. */
export function reasonOf(error: unknown): { readonly code: keyof typeof parkedReasons; readonly detail: string } {
  if (error instanceof CannotBill) return { code: error.code, detail: error.message };
  return {
    code: 'internal_error',
    detail: `Tollbook failed at this customer: ${error instanceof Error ? error.message : String(error)}`,
  };
}
