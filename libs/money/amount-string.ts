import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';

/**
 * An amount of money in JSON, with all digits of the currency's minor unit: '12.50' EUR, '1250' JPY. @throws RangeError when digits would be
 * hidden, UnknownCurrency
 */
export function amountString(amount: Big | string, currency: string): string {
  const [value, digits] = [new Big(amount), currencyDigits(currency)];
  if (!value.eq(value.round(digits)))
    throw new RangeError(`${value.toFixed()} has more digits than ${currency} has (${digits})`);
  return value.eq('0') ? new Big('0').toFixed(digits) : value.toFixed(digits);
}
