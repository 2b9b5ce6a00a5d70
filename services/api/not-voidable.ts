import { ApiError } from '#libs/http/errors.ts';
import type { NotVoidable } from '#libs/invoicing/correct/void-invoice.ts';

/** Why an invoice stays as it is, naming what stands in the way. */
export function notVoidable(result: NotVoidable, id: string): ApiError {
  switch (result.status) {
    case 'not_found':
      return new ApiError('not_found', `There is no invoice ${id}.`);
    case 'not_an_invoice':
      return new ApiError(
        'invoice_not_live',
        `${result.document.number} is a credit note; only invoices can be voided or issued anew.`,
      );
    case 'already_voided': {
      const { number, voided, replacedBy } = result.document;
      const stead = replacedBy ? ` and replaced by ${replacedBy.number} (${replacedBy.id}); that one is live` : '';
      return new ApiError(
        'invoice_not_live',
        `Invoice ${number} was voided by credit note ${voided?.creditNote.number}${stead}.`,
      );
    }
    case 'credited':
      return new ApiError(
        'invoice_not_live',
        `Invoice ${result.document.number} was credited in part by ${result.creditNotes.join(', ')}: voiding it as well would give that back twice. Give back the rest by POST /v1/credit-notes.`,
      );
    case 'paid':
      return new ApiError(
        'invoice_not_live',
        `Payments of ${result.paid} ${result.document.document.currency} stand on invoice ${result.document.number}: refund them first (GET /v1/payments?invoice=${result.document.id}), or give back by POST /v1/credit-notes.`,
      );
  }
}
