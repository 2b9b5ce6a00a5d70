import { Big } from '#libs/money/decimal.ts';
import { amountText } from '../amount-text.ts';
import { type DocumentBody, unpaid } from '../documents/assemble.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { sameExchange } from '../documents/exchange.ts';
import { leftOf, takeBack } from './take-back.ts';

/**
 * The credit note that takes all that is left of an invoice back, so that both add up to exactly zero. Quantities and evidence stay: they say
 * what was billed, not what was used. `notes`: earlier credit notes on it.
 */
export function cancellation(
  invoice: InvoiceDocument,
  notes: readonly InvoiceDocument[],
  { reason, issueDate }: { readonly reason: string; readonly issueDate: string },
): DocumentBody {
  const left = leftOf(invoice, notes);
  const credits = invoice.lines
    .map(({ position }) => ({ position, gross: left.get(position) as Big }))
    // One that came to nothing has amount and discount to be taken back all the same, once.
    .filter(
      ({ position, gross }) =>
        !gross.eq('0') || !notes.some(({ lines }) => lines.some(({ of }) => of?.position === position)),
    );
  return creditNoteBody(invoice, takeBack(invoice, notes, credits), { reason, issueDate });
}

/** A credit note on an invoice: between the same parties, taxed as it was. */
export function creditNoteBody(
  invoice: InvoiceDocument,
  takenBack: ReturnType<typeof takeBack>,
  { reason, issueDate }: { readonly reason: string; readonly issueDate: string },
): DocumentBody {
  const { currency } = invoice;
  const nothing = amountText(new Big('0'), currency);
  return {
    schema: 1,
    kind: 'credit_note',
    issue_date: issueDate,
    payment_terms_days: 0,
    currency,
    seller: invoice.seller,
    buyer: invoice.buyer,
    ...(invoice.period && { period: invoice.period }),
    corrects: { id: invoice.id, number: invoice.number, reason },
    watermark: invoice.watermark,
    ...takenBack,
    tax_treatment: invoice.tax_treatment,
    ...(invoice.tax_treatment_reason !== undefined && { tax_treatment_reason: invoice.tax_treatment_reason }),
    ...unpaid(nothing, currency),
    ...(invoice.exchange && { exchange: sameExchange({ currency, ...takenBack }, invoice.exchange) }),
    settlement: { offset: amountText(new Big(takenBack.total).neg(), currency), refund: nothing, credit: nothing },
  };
}
