import { currencyDigits, isCurrency } from '#libs/money/currency.ts';
import { readFigure } from './decimal-schema.ts';

/** What is wrong with an amount that has smaller units than its currency; undefined when nothing is, or one of the two has a fault of its own. */
export function digitsFault(amount: unknown, currency: unknown): string | undefined {
  if (typeof currency !== 'string' || !isCurrency(currency)) return undefined;
  const [figure, digits] = [readFigure(amount), currencyDigits(currency)];
  if (figure === undefined || figure.eq(figure.round(digits))) return undefined;
  return `must have at most ${digits} digits after the point: ${currency} has no smaller unit`;
}
