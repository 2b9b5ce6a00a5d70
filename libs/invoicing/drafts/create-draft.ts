import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import type { DraftRow } from '../store/draft-row.ts';
import { insertDraft } from '../store/insert-draft.ts';
import { selectDraft } from '../store/select-draft.ts';
import { makeDraft } from './make-draft.ts';

export interface CreateDraftRequest {
  readonly organizationId: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly draft: Pick<DraftRow, 'id' | 'customerId' | 'currency' | 'paymentTermsDays' | 'lines' | 'discounts'>;
}

/** Makes and stores a draft of lines entered by hand. What cannot be billed is not stored. @throws CannotBill */
export async function createDraft(pool: Pool, { organizationId, now, draft }: CreateDraftRequest): Promise<DraftRow> {
  const at = new Date(now);
  const row: DraftRow = {
    ...draft,
    kind: 'one_off',
    dueOn: null,
    timeZone: null,
    finalizeAt: null,
    version: 1,
    body: {} as DocumentBody,
    refreshedAt: at,
    createdAt: at,
  };
  const made = await makeDraft(pool, organizationId, row, now);
  const { body } = made.draft as NonNullable<typeof made.draft>;
  return inOrganization(pool, organizationId, async (tx) => {
    await insertDraft(tx, organizationId, { ...draft, body });
    const { id, customerId, currency } = draft;
    await insertOutbox(tx, {
      organizationId,
      type: 'invoice.draft_created',
      subject: id,
      data: { id, customer_id: customerId, currency, total: body.total },
    });
    return (await selectDraft(tx, organizationId, id)) as DraftRow;
  });
}
