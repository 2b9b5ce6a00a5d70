/** Why a customer cannot be billed. Codes are shown by the API and never renamed. */
export type CannotBillCode =
  | 'missing_price'
  | 'invalid_price'
  | 'price_needs_meter'
  | 'missing_quantity'
  | 'missing_tax_rate'
  | 'mixed_taxes'
  | 'missing_exchange_rate'
  | 'unknown_currency'
  | 'unknown_time_zone'
  | 'negative_total'
  | 'check_failed'
  | 'refused_by_database';

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
export function reasonOf(error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof CannotBill) return { code: error.code, detail: error.message };
  return {
    code: 'internal_error',
    detail: `Tollbook failed at this customer: ${error instanceof Error ? error.message : String(error)}`,
  };
}
