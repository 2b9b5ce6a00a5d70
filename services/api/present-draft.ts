import { z } from 'zod';
import type { DraftRow } from '#libs/invoicing/store/draft-row.ts';
import { idSchema, timeSchema } from './fields.ts';
import { bodyShape, bodySummaryShape, presentBody, presentBodySummary } from './present-body.ts';

/** Drafts of invoices as the API shows them. */

const draftShape = {
  id: idSchema.describe('Also of the invoice that it becomes'),
  kind: z.literal('invoice'),
  state: z.literal('draft'),
  of: z.enum(['period', 'one_off']).describe('period: what is due of subscriptions; one_off: lines entered by hand'),
  due_on: z.iso.date().nullable().describe('Local date on which its period fell due'),
  finalize_at: timeSchema.nullable().describe('When a run finalizes it; null: only by hand'),
  manual_lines: z.array(
    z.object({ id: idSchema, description: z.string(), quantity: z.string(), unit_amount: z.string() }),
  ),
  manual_discounts: z.array(
    z.object({ id: idSchema, name: z.string(), percent: z.string().optional(), amount: z.string().optional() }),
  ),
  refreshed_at: timeSchema.describe('When it was made last, from the usage of then'),
  created_at: timeSchema,
};

export const draftSchema = z.object({ ...draftShape, ...bodyShape });
export const draftSummarySchema = z.object({ ...draftShape, ...bodySummaryShape });

const presentOwn = (draft: DraftRow) => ({
  id: draft.id,
  kind: 'invoice' as const,
  state: 'draft' as const,
  of: draft.kind,
  due_on: draft.dueOn,
  finalize_at: draft.finalizeAt?.toISOString() ?? null,
  manual_lines: [...draft.lines],
  manual_discounts: [...draft.discounts],
  refreshed_at: draft.refreshedAt.toISOString(),
  created_at: draft.createdAt.toISOString(),
});

export const presentDraft = (draft: DraftRow) => ({ ...presentOwn(draft), ...presentBody(draft.body) });

export const presentDraftSummary = (draft: DraftRow) => ({ ...presentOwn(draft), ...presentBodySummary(draft.body) });
