import { z } from 'zod';
import { customerKeySchema, dateSchema } from '#libs/catalog/fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { previewInvoice } from '#libs/invoicing/drafts/preview-invoice.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { orNotBillable } from '../or-not-billable.ts';
import { bodyShape, presentBody } from '../present-body.ts';

const previewAnswer = z.object({
  until: z.iso.date().nullable().describe('Local date by which all this falls due; null: nothing will'),
  documents: z.array(
    z.object({
      kind: z.enum(['invoice', 'credit_note']),
      due_on: z.iso.date().nullable().describe('Local date on which its period falls due'),
      skipped: z.boolean().describe('All lines are zero: no invoice will be made of it'),
      ...bodyShape,
    }),
  ),
});

export function invoicePreviewRoutes({ pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{key}/invoice-preview',
      scope: 'read',
      summary: 'What a customer would be billed if what is used by now were all; made as a run makes it',
      params: z.strictObject({ key: customerKeySchema }),
      query: z.strictObject({
        until: dateSchema.optional().describe('What falls due by this local date; by the next such date if left out'),
      }),
      response: previewAnswer,
      async handler({ organizationId, clockOffset, params: { key }, query: { until } }) {
        const customer = await inOrganization(pool, organizationId, (tx) =>
          selectCustomerByKey(tx, organizationId, key),
        );
        if (customer === null) throw new ApiError('not_found', `There is no customer "${key}".`);
        const { id: customerId } = customer;
        const preview = await orNotBillable(() =>
          previewInvoice(pool, { organizationId, customerId, now: now() + clockOffset, until }),
        );
        return {
          body: {
            until: preview.until,
            documents: preview.drafts
              .filter(({ body, isSkipped }) => !isSkipped || body.lines.length > 0)
              .map(({ body, key: draftKey, isSkipped }) => ({
                kind: body.kind,
                due_on: draftKey?.dueOn ?? null,
                skipped: isSkipped ?? false,
                ...presentBody(body),
              })),
          },
        };
      },
    }),
  ];
}
