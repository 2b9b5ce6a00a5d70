import { ChangedMeanwhile } from '#libs/database/changed-meanwhile.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import type { DraftRow } from '../store/draft-row.ts';
import { selectDraft } from '../store/select-draft.ts';
import { updateDraft } from '../store/update-draft.ts';
import { makeDraft } from './make-draft.ts';

export interface DraftRequest {
  readonly organizationId: number;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type ChangedDraft =
  | { readonly status: 'changed'; readonly draft: DraftRow }
  | { readonly status: 'not_found' }
  /** Nothing of its period is to be billed any more. */
  | { readonly status: 'nothing_due' };

const ATTEMPTS = 5;

/**
 * Changes what was entered by hand on a draft and makes it anew with that. What cannot be billed so is not stored. The draft is made in a
 * snapshot that locks nothing, and stored only if nobody changed it meanwhile; otherwise all is done again. `change` answers null
 * when the draft is only to be made anew. @throws CannotBill, ChangedMeanwhile
 */
export async function changeDraft(
  pool: Pool,
  { organizationId, id, now }: DraftRequest,
  change: ((draft: DraftRow) => Pick<DraftRow, 'lines' | 'discounts' | 'paymentTermsDays'>) | null,
): Promise<ChangedDraft> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await inOrganization(pool, organizationId, (tx) => selectDraft(tx, organizationId, id));
    if (before === null) return { status: 'not_found' };
    const wanted = { ...before, ...change?.(before) };
    const made = await makeDraft(pool, organizationId, wanted, now);
    if (made.draft === null) return { status: 'nothing_due' };
    const next = { ...wanted, body: made.draft.body };
    const draft = await inOrganization(pool, organizationId, async (tx) => {
      const current = await selectDraft(tx, organizationId, id, true);
      if (current?.version !== before.version) return null;
      await updateDraft(tx, organizationId, next, change !== null);
      if (change !== null)
        await insertOutbox(tx, {
          organizationId,
          type: 'invoice.draft_changed',
          subject: id,
          data: { id, customer_id: next.customerId, currency: next.currency, total: next.body.total },
        });
      return selectDraft(tx, organizationId, id);
    });
    if (draft !== null) return { status: 'changed', draft };
    if (attempt === ATTEMPTS) throw new ChangedMeanwhile(`Draft ${id}`);
  }
}
