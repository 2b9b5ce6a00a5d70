import { z } from 'zod';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import {
  checkDigits,
  discountOf,
  draftChanger,
  MAX_DISCOUNTS,
  MAX_LINES,
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
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/invoice-drafts/{id}/lines',
      scope: 'write',
      summary: 'Add a line to a draft',
      params: uuidParams,
      body: manualLineSchema,
      response: draftSchema,
      status: 201,
      async handler({ organizationId, params: { id }, body }) {
        const line = { id: newId(dependencies), ...body };
        return {
          body: await change(organizationId, id, (draft) => {
            if (draft.lines.length >= MAX_LINES)
              throw invalidField('', `a draft holds at most ${MAX_LINES} lines entered by hand`);
            return { ...draft, lines: [...draft.lines, line] };
          }),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/invoice-drafts/{id}/lines/{line}',
      scope: 'write',
      summary: 'Take a line that was entered by hand off a draft',
      params: z.strictObject({ id: idSchema, line: idSchema }),
      response: draftSchema,
      async handler({ organizationId, params: { id, line } }) {
        return {
          body: await change(organizationId, id, (draft) => ({
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
      summary: 'Add a discount on all lines of a draft, behind those of coupons',
      params: uuidParams,
      body: manualDiscountSchema,
      response: draftSchema,
      status: 201,
      async handler({ organizationId, params: { id }, body }) {
        const discount = discountOf(newId(dependencies), body);
        return {
          body: await change(organizationId, id, (draft) => {
            checkDigits(body, draft.currency);
            if (draft.discounts.length >= MAX_DISCOUNTS)
              throw invalidField('', `a draft holds at most ${MAX_DISCOUNTS} discounts`);
            return { ...draft, discounts: [...draft.discounts, discount] };
          }),
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/invoice-drafts/{id}/discounts/{discount}',
      scope: 'write',
      summary: 'Take a discount that was entered by hand off a draft',
      params: z.strictObject({ id: idSchema, discount: idSchema }),
      response: draftSchema,
      async handler({ organizationId, params: { id, discount } }) {
        return {
          body: await change(organizationId, id, (draft) => ({
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
