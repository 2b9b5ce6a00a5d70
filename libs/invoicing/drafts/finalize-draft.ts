import { ChangedMeanwhile } from '#libs/database/changed-meanwhile.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { finalize } from '../run/finalize.ts';
import { IssueDateMoved } from '../run/issue-documents.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { selectDraft } from '../store/select-draft.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import type { DraftRequest } from './change-draft.ts';
import { makeDraft } from './make-draft.ts';

export type FinalizedDraft =
  | { readonly status: 'finalized'; readonly invoice: StoredInvoice }
  /** It was finalized before, by hand or by a run. */
  | { readonly status: 'was_finalized'; readonly invoice: StoredInvoice }
  | { readonly status: 'not_found' }
  | { readonly status: 'nothing_due' };

const ATTEMPTS = 5;

/**
 * Makes a draft anew and finalizes it now, without waiting for its grace, by the steps of a run. Whatever arrives later is late usage. Of
 * several at once, runs too, one makes the document. @throws CannotBill, ChangedMeanwhile
 */
export async function finalizeDraft(pool: Pool, { organizationId, id, now }: DraftRequest): Promise<FinalizedDraft> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await inOrganization(pool, organizationId, async (tx) => ({
      row: await selectDraft(tx, organizationId, id),
      invoice: await selectInvoice(tx, organizationId, id),
    }));
    if (found.invoice) return { status: attempt === 1 ? 'was_finalized' : 'finalized', invoice: found.invoice };
    if (found.row === null) return { status: 'not_found' };
    const { terms, draft, together, settlements } = await makeDraft(pool, organizationId, found.row, now);
    if (draft === null) {
      // Nothing, or somebody finalized it since it was read.
      const invoice = await inOrganization(pool, organizationId, (tx) => selectInvoice(tx, organizationId, id));
      return invoice ? { status: 'was_finalized', invoice } : { status: 'nothing_due' };
    }
    const request = { organizationId, terms, drafts: together, settlements, parked: [], now, run: null };
    const done = await finalize(pool, request).catch((error) => {
      // Midnight came between: it is made again for the new date.
      if (error instanceof IssueDateMoved) return null;
      throw error;
    });
    if (done !== null && done.dropped.length === 0) continue;
    if (attempt === ATTEMPTS) throw new ChangedMeanwhile(`What draft ${id} bills`);
  }
}
