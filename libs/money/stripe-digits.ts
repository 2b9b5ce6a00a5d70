import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';

/**
 * How Stripe writes amounts: as whole numbers whose digits are mostly, and not always, those of ISO 4217. Kept apart, so that nothing but
 * payments through Stripe ever counts in them.
 *
 * Source: "Supported currencies", https://docs.stripe.com/currencies, sections "Zero-decimal currencies", "Three-decimal currencies" (shown
 * for accounts that can charge in them) and "Special cases". UGX stands in the list of zero-decimal currencies and among the special cases,
 * which say the opposite; the special case is what the API holds to: 500 charges 5 UGX.
 */

/** A charge or refund moves money from or to a customer, a payout to the seller's bank. */
export type StripeMovement = 'charge' | 'payout';

const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
/** Written with three digits, of which the last must be 0. */
const THREE_DECIMAL = new Set('BHD JOD KWD OMR TND'.split(' '));
/** Written with two digits, which must be 00. */
const WHOLE_UNITS = new Set(['ISK', 'UGX']);
/** The same, but for payouts only. */
const WHOLE_UNITS_IN_PAYOUTS = new Set(['HUF', 'TWD']);

/** A currency for which Stripe documents no digits. */
export class NotInStripe extends Error {
  readonly code: string;

  constructor(code: string) {
    super(
      `Stripe documents no digits for ${code}, so an amount in it cannot be told to Stripe; collect it by another way or bill in another currency`,
    );
    this.name = 'NotInStripe';
    this.code = code;
  }
}

export interface StripeDigits {
  /** Stripe's whole number is the amount × 10^digits. */
  readonly digits: number;
  /** What the whole number must be a multiple of. */
  readonly step: number;
}

/** @throws NotInStripe, UnknownCurrency */
export function stripeDigits(currency: string, movement: StripeMovement = 'charge'): StripeDigits {
  const isoDigits = currencyDigits(currency);
  if (ZERO_DECIMAL.has(currency)) return { digits: 0, step: 1 };
  if (THREE_DECIMAL.has(currency)) return { digits: 3, step: 10 };
  const whole = WHOLE_UNITS.has(currency) || (movement === 'payout' && WHOLE_UNITS_IN_PAYOUTS.has(currency));
  if (whole) return { digits: 2, step: 100 };
  if (isoDigits !== 2) throw new NotInStripe(currency);
  return { digits: 2, step: 1 };
}

export interface StripeAmount {
  /** What Stripe is told. */
  readonly integer: bigint;
  /** What Stripe cannot move, of the amount's sign: moved + rest = amount. It has to be kept for the customer, never dropped. */
  readonly rest: Big;
}

/** Never more than the amount: 1.234 KWD is 1230 and a rest of 0.004. @throws NotInStripe, UnknownCurrency */
export function toStripeAmount(amount: Big, currency: string, movement: StripeMovement = 'charge'): StripeAmount {
  const { digits, step } = stripeDigits(currency, movement);
  const units = BigInt(amount.times(`1e${digits}`).round(0, Big.roundDown).toFixed());
  const integer = units - (units % BigInt(step));
  const rest = amount.minus(fromStripeAmount(integer, currency));
  return { integer, rest: rest.eq('0') ? new Big('0') : rest };
}

/** The amount that Stripe's whole number stands for. @throws NotInStripe, UnknownCurrency */
export function fromStripeAmount(integer: bigint, currency: string): Big {
  // The digits are the same for both movements; what Stripe reports is taken as it is, whatever the step.
  const amount = new Big(integer.toString()).times(`1e-${stripeDigits(currency).digits}`);
  return amount.eq('0') ? new Big('0') : amount;
}
