import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { dateAt } from './days.ts';

/** A document as text: who owes what from when, then a line for each of its figures. */
export function bookOf(document: InvoiceDocument): string {
  const { number, issue_date, buyer, total, currency, corrects, replaces } = document;
  const timeZone = document.period?.time_zone ?? 'UTC';
  const link = corrects ? ` corrects ${corrects.number}` : replaces ? ` replaces ${replaces.number}` : '';
  const span = ({ service_from: from, service_to: to }: InvoiceDocument['lines'][number]) =>
    from && to ? ` ${dateAt(Date.parse(from), timeZone)}..${dateAt(Date.parse(to), timeZone)}` : '';
  const rest = [
    ...document.discounts.map(({ name, taken }) => `− ${name} ${taken}`),
    ...document.taxes.map(({ name, percent, base, amount }) => `+ ${name} ${percent}% of ${base} ${amount}`),
    ...(isZero(document.credit_applied) ? [] : [`credit ${document.credit_applied}, due ${document.amount_due}`]),
    ...(isZero(document.prepaid_applied) ? [] : [`prepaid ${document.prepaid_applied}, due ${document.amount_due}`]),
    ...(document.exchange
      ? [
          `${document.exchange.total} ${document.exchange.currency} at ${document.exchange.rate} of ${document.exchange.date}`,
        ]
      : []),
    ...(document.settlement ? [settled(document.settlement)] : []),
  ];
  return [
    `${number} ${issue_date} ${'key' in buyer ? buyer.key : ''} ${total} ${currency}${link}`,
    ...document.lines.map((line) => `  ${line.description}${span(line)} × ${line.quantity} = ${line.amount}`),
    ...rest.map((line) => `  ${line}`),
  ].join('\n');
}

const isZero = (amount: string): boolean => /^-?[0.]+$/.test(amount);

const settled = (settlement: NonNullable<InvoiceDocument['settlement']>): string =>
  Object.entries(settlement)
    .filter(([, amount]) => !isZero(amount))
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ');
