import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import { ApiError, type FieldError } from '#libs/http/errors.ts';
import { changeDraft } from '#libs/invoicing/drafts/change-draft.ts';
import type { DraftRow } from '#libs/invoicing/store/draft-row.ts';
import { discountPercentSchema, positiveSchema, signedSchema } from '#libs/pricing/decimal-schema.ts';
import { digitsFault } from '#libs/pricing/digits-fault.ts';
import type { ApiDependencies } from './dependencies.ts';
import { orNotBillable } from './or-not-billable.ts';
import { presentDraft } from './present-draft.ts';

/** What is entered by hand on drafts, and how it gets there. */

export const MAX_LINES = 500;
export const MAX_DISCOUNTS = 20;

export const manualLineSchema = z.strictObject({
  description: lineSchema(),
  quantity: positiveSchema.default('1'),
  unit_amount: signedSchema.describe(
    'Below zero: it takes off. Taxed by the rates of the customer on the day of issue',
  ),
});

export const manualDiscountSchema = z
  .strictObject({
    name: lineSchema(),
    percent: discountPercentSchema.optional(),
    amount: positiveSchema.optional(),
  })
  .refine(
    (value) => (value.percent === undefined) !== (value.amount === undefined),
    'must have either percent or amount',
  );

type DiscountInput = z.infer<typeof manualDiscountSchema>;

/** What was entered with the ids under which it can be taken off again. */
export const discountOf = (
  id: string,
  { name, percent, amount }: DiscountInput,
): DraftRow['discounts'][number] & { id: string } => ({
  id,
  name,
  ...(percent !== undefined && { percent }),
  ...(amount !== undefined && { amount }),
});

/** What keeps one more discount from a draft. `amount` may be anything. */
export function discountFaults({ discounts, currency }: DraftRow, amount: unknown): FieldError[] {
  const detail = digitsFault(amount, currency);
  return [
    ...(detail === undefined ? [] : [{ pointer: '/amount', detail }]),
    ...tooMany(discounts, MAX_DISCOUNTS, 'discounts'),
  ];
}

/** What keeps one more line from a draft. */
export const lineFaults = ({ lines }: DraftRow): FieldError[] => tooMany(lines, MAX_LINES, 'lines entered by hand');

const tooMany = (entries: readonly unknown[], most: number, what: string): FieldError[] =>
  entries.length < most ? [] : [{ pointer: '', detail: `a draft holds at most ${most} ${what}` }];

export const noSuchDraft = (id: string) =>
  new ApiError('not_found', `There is no draft ${id}. Finalized invoices do not change: see GET /v1/invoices/${id}.`);

export const nothingDue = (id: string) =>
  new ApiError(
    'not_billable',
    `Nothing of the period of draft ${id} is left to be billed: it was billed otherwise, or its subscription changed.`,
  );

interface Changing {
  readonly organizationId: number;
  readonly clockOffset: number;
  readonly id: string;
}

/** Changes a draft and answers it as the API shows it; null: only makes it anew. */
export function draftChanger({ pool, now }: Pick<ApiDependencies, 'pool' | 'now'>) {
  return async (
    { organizationId, clockOffset, id }: Changing,
    how: ((draft: DraftRow) => Pick<DraftRow, 'lines' | 'discounts' | 'paymentTermsDays'>) | null,
  ) => {
    const result = await orNotBillable(() => changeDraft(pool, { organizationId, id, now: now() + clockOffset }, how));
    if (result.status === 'not_found') throw noSuchDraft(id);
    if (result.status === 'nothing_due') throw nothingDue(id);
    return presentDraft(result.draft);
  };
}
