import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';

/**
 * The amount in whole minor units of the currency, half away from zero: 0.005 EUR is 0.01, -0.005 EUR is -0.01, so that a credit
 * note is the exact negative of what it corrects. Zero never carries a sign. @throws UnknownCurrency
 */
export function roundToCurrency(amount: Big, currency: string): Big {
  const rounded = amount.round(currencyDigits(currency), Big.roundHalfUp);
  return rounded.eq('0') ? new Big('0') : rounded;
}
