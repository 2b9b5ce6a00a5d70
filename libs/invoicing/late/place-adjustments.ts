import { type DocumentBody, type InvoiceDraft, invoiceBody, type Surroundings, unpaid } from '../documents/assemble.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { exchangeOf } from '../documents/exchange.ts';
import { addFixedLines, canTake } from './add-fixed-lines.ts';
import type { Adjustments } from './correct-documents.ts';

/**
 * Puts adjustments on invoices of the customer: on the last one that is due now in their currency, or on one of their own where there is
 * none, or where its taxes are of another kind than theirs.
 */
export function placeAdjustments(
  drafts: readonly InvoiceDraft[],
  adjustments: readonly Adjustments[],
  surroundings: Surroundings,
): InvoiceDraft[] {
  const placed = [...drafts];
  for (const { of, lines } of adjustments) {
    const wanted = { tax_treatment: of.tax_treatment, lines };
    const place = placed.findLastIndex(
      ({ body }) => body.kind === 'invoice' && body.currency === of.currency && canTake(body, wanted),
    );
    const draft = place === -1 ? emptyInvoice(of, surroundings) : (placed[place] as InvoiceDraft);
    const body = addFixedLines(draft.body, lines, of.currency);
    const complete = { ...draft, isSkipped: false, body: { ...body, ...totalsOf(body, surroundings) } };
    if (place === -1) placed.push(complete);
    else placed[place] = complete;
  }
  return placed;
}

/** What follows from the total. */
const totalsOf = (body: DocumentBody, { home, settlement }: Surroundings) => ({
  ...unpaid(body.total, body.currency),
  ...(home && home.currency !== body.currency && { exchange: exchangeOf(body, settlement.issueOn, home) }),
});

/** For adjustments alone: between the parties as they are now, for the period and by the tax treatment of what is adjusted. */
function emptyInvoice(of: InvoiceDocument, surroundings: Surroundings): InvoiceDraft {
  const { body } = invoiceBody([], of.currency, surroundings, undefined);
  const { tax_treatment: _treatment, tax_treatment_reason: _reason, ...rest } = body;
  return {
    customerId: surroundings.customerId,
    units: [],
    discountUses: [],
    usesSeen: [],
    body: {
      ...rest,
      ...(of.period && { period: of.period }),
      tax_treatment: of.tax_treatment,
      ...(of.tax_treatment_reason !== undefined && { tax_treatment_reason: of.tax_treatment_reason }),
    },
  };
}
