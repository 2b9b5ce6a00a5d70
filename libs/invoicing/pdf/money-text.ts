import { formatAmount } from '#libs/money/format.ts';
import type { InvoiceDocument } from '../document.ts';

/** 'EUR 1,234.50': the code, not a symbol, since "$" and "kr" name many currencies. */
export function moneyText(document: InvoiceDocument, amount: string): string {
  return `${document.currency} ${formatAmount(amount, document.currency)}`;
}
