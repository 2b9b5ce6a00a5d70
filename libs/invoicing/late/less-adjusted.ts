import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { type InvoiceDraft, type Surroundings, unpaid } from '../documents/assemble.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { exchangeOf } from '../documents/exchange.ts';
import { addFixedLines } from './add-fixed-lines.ts';
import { correctionNote } from './correct-documents.ts';
import { deduct } from './deduct.ts';

/**
 * Drafts for periods of which live invoices adjust something already, since the invoice that they adjusted was voided: less that. Where they
 * adjust more than there is, credit notes on them come with it.
 */
export function lessAdjusted(
  drafts: readonly InvoiceDraft[],
  adjusting: readonly CreditedInvoice[],
  surroundings: Surroundings,
): InvoiceDraft[] {
  if (adjusting.length === 0) return [...drafts];
  const { home, settlement } = surroundings;
  return drafts.flatMap((draft) => {
    if (draft.body.kind !== 'invoice' || draft.units.length === 0) return [draft];
    const { lines, credits } = deduct(draft.body, draft.body as InvoiceDocument, adjusting, draft.units);
    const { currency } = draft.body;
    const body = addFixedLines(draft.body, lines, currency);
    const totals = {
      ...unpaid(body.total, currency),
      ...(home && home.currency !== currency && { exchange: exchangeOf(body, settlement.issueOn, home) }),
    };
    return [...credits.map((each) => correctionNote(each, surroundings)), { ...draft, body: { ...body, ...totals } }];
  });
}
