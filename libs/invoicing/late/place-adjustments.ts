import { Big } from '#libs/money/decimal.ts';
import { amountText } from '../amount-text.ts';
import { type InvoiceDraft, type Surroundings, unpaid } from '../assemble.ts';
import type { InvoiceDocument } from '../document.ts';
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
    const complete = { ...draft, body: { ...body, ...unpaid(body.total, of.currency) } };
    if (place === -1) placed.push(complete);
    else placed[place] = complete;
  }
  return placed;
}

/** For adjustments alone: between the parties as they are now, for the period and by the tax treatment of what is adjusted. */
function emptyInvoice(of: InvoiceDocument, surroundings: Surroundings): InvoiceDraft {
  const nothing = amountText(new Big('0'), of.currency);
  return {
    customerId: surroundings.customerId,
    units: [],
    discountUses: [],
    usesSeen: [],
    body: {
      schema: 1,
      kind: 'invoice',
      issue_date: surroundings.settlement.issueOn,
      payment_terms_days: surroundings.paymentTermsDays,
      currency: of.currency,
      seller: surroundings.seller,
      buyer: surroundings.buyer,
      ...(of.period && { period: of.period }),
      watermark: surroundings.watermark,
      lines: [],
      discounts: [],
      taxes: [],
      tax_treatment: of.tax_treatment,
      ...(of.tax_treatment_reason !== undefined && { tax_treatment_reason: of.tax_treatment_reason }),
      subtotal: nothing,
      discount_total: nothing,
      total_excluding_tax: nothing,
      tax_total: nothing,
      total: nothing,
      ...unpaid(nothing, of.currency),
      ...(surroundings.notes.length > 0 && { notes: surroundings.notes }),
    },
  };
}
