import { z } from 'zod';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError, type FieldError, invalidFields } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { DraftRow } from '#libs/invoicing/store/draft-row.ts';
import { selectDraft } from '#libs/invoicing/store/select-draft.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import {
  discountFaults,
  discountOf,
  draftChanger,
  lineFaults,
  manualDiscountSchema,
  manualLineSchema,
} from '../draft-entries.ts';
import { idSchema, uuidParams } from '../fields.ts';
import { draftSchema } from '../present-draft.ts';

/** What is left when one was taken off. @throws ApiError when it is not there */
function without<Entry extends { readonly id?: string }>(
  entries: readonly Entry[],
  taken: string,
  missing: string,
): readonly Entry[] {
  if (entries.every(({ id }) => id !== taken)) throw new ApiError('not_found', missing);
  return entries.filter(({ id }) => id !== taken);
}

/** Lines and discounts that are entered by hand on drafts. */
export function draftEntryRoutes(dependencies: ApiDependencies): Route[] {
  const change = draftChanger(dependencies);
  const faultsOf = async (organizationId: number, id: string, find: (draft: DraftRow) => FieldError[]) => {
    const draft = await inOrganization(dependencies.pool, organizationId, (tx) => selectDraft(tx, organizationId, id));
    return draft === null ? [] : find(draft);
  };
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/invoice-drafts/{id}/lines',
      scope: 'write',
      matches: {
        path: '/v1/invoice-drafts/{id}',
        lock: (tx, organizationId, { id }) => selectDraft(tx, organizationId, id, true),
      },
      summary: 'Add a line to a draft',
      params: uuidParams,
      body: manualLineSchema,
      moreFaults: ({ organizationId, params: { id } }) => faultsOf(organizationId, id, lineFaults),
      response: draftSchema,
      status: 201,
      async handler({ organizationId, clockOffset, params: { id }, body }) {
        const line = { id: newId(dependencies), ...body };
        return {
          body: await change({ organizationId, clockOffset, id }, (draft) => {
            refuse(lineFaults(draft));
            return { ...draft, lines: [...draft.lines, line] };
          }),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/invoice-drafts/{id}/lines/{line}',
      scope: 'write',
      matches: {
        path: '/v1/invoice-drafts/{id}',
        lock: (tx, organizationId, { id }) => selectDraft(tx, organizationId, id, true),
      },
      summary: 'Take a line that was entered by hand off a draft',
      params: z.strictObject({ id: idSchema, line: idSchema }),
      response: draftSchema,
      async handler({ organizationId, clockOffset, params: { id, line } }) {
        return {
          body: await change({ organizationId, clockOffset, id }, (draft) => ({
            ...draft,
            lines: without(draft.lines, line, `Draft ${id} has no line ${line}.`),
          })),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/invoice-drafts/{id}/discounts',
      scope: 'write',
      matches: {
        path: '/v1/invoice-drafts/{id}',
        lock: (tx, organizationId, { id }) => selectDraft(tx, organizationId, id, true),
      },
      summary: 'Add a discount on all lines of a draft, behind those of coupons',
      params: uuidParams,
      body: manualDiscountSchema,
      moreFaults: ({ organizationId, params: { id }, body }) =>
        faultsOf(organizationId, id, (draft) => discountFaults(draft, (body as { amount?: unknown } | null)?.amount)),
      response: draftSchema,
      status: 201,
      async handler({ organizationId, clockOffset, params: { id }, body }) {
        const discount = discountOf(newId(dependencies), body);
        return {
          body: await change({ organizationId, clockOffset, id }, (draft) => {
            refuse(discountFaults(draft, body.amount));
            return { ...draft, discounts: [...draft.discounts, discount] };
          }),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/invoice-drafts/{id}/discounts/{discount}',
      scope: 'write',
      matches: {
        path: '/v1/invoice-drafts/{id}',
        lock: (tx, organizationId, { id }) => selectDraft(tx, organizationId, id, true),
      },
      summary: 'Take a discount that was entered by hand off a draft',
      params: z.strictObject({ id: idSchema, discount: idSchema }),
      response: draftSchema,
      async handler({ organizationId, clockOffset, params: { id, discount } }) {
        return {
          body: await change({ organizationId, clockOffset, id }, (draft) => ({
            ...draft,
            discounts: without(
              draft.discounts,
              discount,
              `Draft ${id} has no discount ${discount} that was entered by hand.`,
            ),
          })),
        };
      },
    }),
  ];
}

function refuse(faults: readonly FieldError[]): void {
  if (faults.length > 0) throw invalidFields(faults);
}
