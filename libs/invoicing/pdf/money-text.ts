import { formatAmount } from '#libs/money/format.ts';

/** 'EUR 1,234.50': the code, not a symbol, since "$" and "kr" name many currencies. */
export function moneyText(currency: string, amount: string): string {
  return `${currency} ${formatAmount(amount, currency)}`;
}
