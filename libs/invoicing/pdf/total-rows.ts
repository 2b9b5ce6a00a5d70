import { Big } from '#libs/money/decimal.ts';
import { formatAmount } from '#libs/money/format.ts';
import type { DocumentDiscount, DocumentTax } from '../documents/document.ts';
import type { FigureRow } from './blocks.ts';
import { isolated } from './isolated.ts';
import type { Messages } from './messages.ts';
import { moneyText } from './money-text.ts';
import type { Sheet } from './typesetting.ts';

/** From the sum of the lines to what is to be paid, or on a credit note to what becomes of it. */
export function totalRows({ document, messages }: Pick<Sheet, 'document' | 'messages'>): FigureRow[] {
  const { currency, total, discounts, taxes } = document;
  const money = (amount: string) => formatAmount(amount, currency);
  const minus = (amount: string) => money(new Big(amount).neg().toFixed());
  const rows: FigureRow[] = [{ label: messages.subtotal, value: money(document.subtotal) }];
  for (const discount of discounts)
    rows.push({ label: discountLabel(discount, currency, messages), value: minus(discount.taken) });
  const isTaken = discounts.length > 0 || taxes.some(({ inclusive }) => inclusive);
  if (isTaken) rows.push({ label: messages.totalExcludingTax, value: money(document.total_excluding_tax) });
  for (const tax of taxes) rows.push({ label: taxLabel(tax, currency, messages), value: money(tax.amount) });
  if (taxes.length === 0) rows.push({ label: messages.noTax, value: money(document.tax_total) });
  rows.push({ label: messages.total, value: money(total) });
  if (document.kind === 'credit_note') return [...rows, ...settlementRows({ document, messages })];
  if (isSome(document.credit_applied))
    rows.push({ label: messages.creditApplied, value: minus(document.credit_applied) });
  if (isSome(document.prepaid_applied))
    rows.push({ label: messages.prepaidApplied, value: minus(document.prepaid_applied) });
  return [...rows, { label: messages.amountDue, value: moneyText(currency, document.amount_due), isStrong: true }];
}

function discountLabel({ name, percent, amount }: DocumentDiscount, currency: string, messages: Messages): string {
  if (percent !== undefined) return messages.namedDiscount(isolated(name), messages.percent(percent));
  return messages.namedDiscount(isolated(name), moneyText(currency, amount ?? '0'));
}

function taxLabel({ name, percent, base, inclusive }: DocumentTax, currency: string, messages: Messages): string {
  return (inclusive ? messages.containedTax : messages.tax)(isolated(name), percent, formatAmount(base, currency));
}

function settlementRows({ document, messages }: Pick<Sheet, 'document' | 'messages'>): FigureRow[] {
  const { currency, total, settlement, corrects } = document;
  const rows: FigureRow[] = [
    { label: messages.amountCredited, value: moneyText(currency, new Big(total).abs().toFixed()), isStrong: true },
  ];
  const add = (label: string, amount: string | undefined) => {
    if (amount !== undefined && isSome(amount)) rows.push({ label, value: formatAmount(amount, currency) });
  };
  add(messages.settledByOffset(corrects?.number ?? ''), settlement?.offset);
  add(messages.settledByRefund, settlement?.refund);
  add(messages.settledByCredit, settlement?.credit);
  return rows;
}

const isSome = (amount: string): boolean => !new Big(amount).eq('0');
