import { currencyDigits, UnknownCurrency } from '#libs/money/currency.ts';
import type { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { CannotBill } from './cannot-bill.ts';

/** Rounded and written with all digits of the minor unit: '12.50', '1250' (JPY). @throws CannotBill */
export function amountText(amount: Big, currency: string): string {
  try {
    return roundToCurrency(amount, currency).toFixed(currencyDigits(currency));
  } catch (error) {
    if (error instanceof UnknownCurrency) throw new CannotBill('unknown_currency', error.message, { cause: error });
    throw error;
  }
}
