import { convertAmount } from '#libs/money/convert-amount.ts';
import { type ExchangeRate, findRate, MissingExchangeRate } from '#libs/money/find-rate.ts';
import { amountText } from '../amount-text.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { DocumentExchange, InvoiceDocument } from './document.ts';

/** The seller's own currency and what others cost in it. */
export interface HomeCurrency {
  readonly currency: string;
  readonly rates: readonly ExchangeRate[];
}

type Sums = Pick<InvoiceDocument, 'currency' | 'total_excluding_tax' | 'tax_total' | 'total'>;

/** The sums of a document in the seller's currency at the rate of its date of issue. @throws CannotBill when there is none */
export function exchangeOf(sums: Sums, issueDate: string, { currency, rates }: HomeCurrency): DocumentExchange {
  try {
    return convert(sums, findRate(rates, sums.currency, currency, issueDate));
  } catch (error) {
    if (!(error instanceof MissingExchangeRate)) throw error;
    throw new CannotBill('missing_exchange_rate', `The document cannot be told in ${currency}: ${error.message}.`, {
      cause: error,
    });
  }
}

/** At the rate of the invoice that a credit note corrects. */
export const sameExchange = (sums: Sums, { currency, rate, date, source }: DocumentExchange): DocumentExchange =>
  convert(sums, { to: currency, rate, date, source });

function convert(sums: Sums, { to, rate, date, source }: Omit<ExchangeRate, 'from'>): DocumentExchange {
  const inHome = (amount: string) => amountText(convertAmount(amount, rate, to), to);
  return {
    currency: to,
    rate,
    date,
    source,
    total_excluding_tax: inHome(sums.total_excluding_tax),
    tax_total: inHome(sums.tax_total),
    total: inHome(sums.total),
  };
}
