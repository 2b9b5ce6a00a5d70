import { currencyDigits } from './currency.ts';
import { Big } from './decimal.ts';
import { decimalString } from './decimal-string.ts';

/**
 * How documents show figures: comma between thousands, point before the fraction, ASCII minus, whatever the machine's locale.
 * (The plain minus can be copied into a spreadsheet; the typographic one cannot.)
 */

/** '1,234.50' for EUR, '1,235' for JPY. @throws RangeError when digits would be hidden: round before showing. */
export function formatAmount(amount: Big | string, currency: string): string {
  const digits = currencyDigits(currency);
  const value = new Big(amount);
  if (!value.eq(value.round(digits))) {
    throw new RangeError(
      `${value.toFixed()} has more digits than ${currency} has (${digits}); round it before it is shown`,
    );
  }
  return grouped(value.eq('0') ? new Big('0').toFixed(digits) : value.toFixed(digits));
}

/** A rate: at least the currency's digits and every further digit it has: '5.00', '0.002', '0.000000125'. */
export function formatRate(rate: Big | string, currency: string): string {
  const digits = currencyDigits(currency);
  const [whole, fraction = ''] = decimalString(new Big(rate)).split('.') as [string, string?];
  const padded = fraction.padEnd(digits, '0');
  return grouped(padded === '' ? whole : `${whole}.${padded}`);
}

/** A quantity with all its digits: '1,234,567.25'. */
export function formatQuantity(quantity: Big | string): string {
  return grouped(decimalString(new Big(quantity)));
}

function grouped(text: string): string {
  const [whole, fraction] = text.split('.') as [string, string?];
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}
