import type { InvoiceDraft } from '../assemble.ts';
import { creditNotes } from '../credit-notes.ts';
import { draftCustomer } from '../draft-customer.ts';
import { type Corrections, correctDocuments } from '../late/correct-documents.ts';
import type { CollectedCustomer } from './collect.ts';

/** The documents of one customer, with what its late usage comes to. Pure. @throws CannotBill */
export function draftCollected({ units, surroundings, credits, late }: CollectedCustomer): {
  readonly drafts: readonly InvoiceDraft[];
  readonly corrections: Corrections;
} {
  const corrections = correctDocuments(late, surroundings, creditNotes(credits, surroundings));
  return { drafts: draftCustomer(units, surroundings, credits, corrections), corrections };
}
