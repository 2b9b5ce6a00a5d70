import { CannotBill } from '../cannot-bill.ts';
import type { CollectedCustomer } from '../collect/collect.ts';
import { creditNotes } from '../credit/credit-notes.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import { draftCustomer } from '../draft-customer.ts';
import { type Corrections, correctDocuments } from '../late/correct-documents.ts';
import { lessAdjusted } from '../late/less-adjusted.ts';

/** The documents of one customer, with what its late usage comes to. Pure. @throws CannotBill */
export function draftCollected({ units, surroundings, credits, late, adjusting }: CollectedCustomer): {
  readonly drafts: readonly InvoiceDraft[];
  readonly corrections: Corrections;
} {
  const corrections = correctDocuments(late, surroundings, creditNotes(credits, surroundings));
  const drafts = lessAdjusted(draftCustomer(units, surroundings, credits, corrections), adjusting, surroundings);
  const problems = drafts.flatMap((draft) => (draft.isSkipped ? [] : checkDraft(draft)));
  if (problems.length > 0) throw new CannotBill('check_failed', `The invoice does not add up: ${problems.join('; ')}.`);
  const known = adjusting.map(({ invoice, notes }) => ({ invoiceId: invoice.id, notes: notes.length }));
  return { drafts, corrections: { ...corrections, seen: [...corrections.seen, ...known] } };
}
