import { z } from 'zod';
import { customerKeySchema, EVEN_IF_FAULTY } from '#libs/catalog/fields.ts';
import { readableFields } from '#libs/catalog/readable-fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError, invalidFields } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { createDraft } from '#libs/invoicing/drafts/create-draft.ts';
import { finalizeDraft } from '#libs/invoicing/drafts/finalize-draft.ts';
import { deleteDrafts } from '#libs/invoicing/store/delete-drafts.ts';
import { selectDraft } from '#libs/invoicing/store/select-draft.ts';
import { selectDrafts } from '#libs/invoicing/store/select-drafts.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { currencySchema } from '#libs/pricing/charge-schema.ts';
import { digitsFault } from '#libs/pricing/digits-fault.ts';
import { type ApiDependencies, inTimeOf, newId } from '../dependencies.ts';
import {
  discountOf,
  draftChanger,
  MAX_DISCOUNTS,
  MAX_LINES,
  manualDiscountSchema,
  manualLineSchema,
  noSuchDraft,
  nothingDue,
} from '../draft-entries.ts';
import { idSchema, uuidParams } from '../fields.ts';
import { findCustomerFaults, unknownCustomer } from '../find-customer-faults.ts';
import { orNotBillable } from '../or-not-billable.ts';
import { presentWithPayments } from '../payment-states.ts';
import { documentSchema, presentDocument } from '../present-document.ts';
import { draftSchema, draftSummarySchema, presentDraft, presentDraftSummary } from '../present-draft.ts';
import { refuseErased } from '../refuse-erased.ts';

const termsSchema = z.int().min(0).max(365).nullable().describe('Null: as the customer or the organization says');

const newDraft = z
  .strictObject({
    customer: customerKeySchema,
    currency: currencySchema,
    lines: z.array(manualLineSchema).min(1).max(MAX_LINES),
    discounts: z.array(manualDiscountSchema).max(MAX_DISCOUNTS).default([]),
    payment_terms_days: termsSchema.default(null),
  })
  .superRefine((value, context) => {
    if (!Array.isArray(value?.discounts)) return;
    for (const [index, discount] of value.discounts.entries()) {
      const message = digitsFault(discount?.amount, value.currency);
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['discounts', index, 'amount'], message });
    }
  }, EVEN_IF_FAULTY);

export function invoiceDraftRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  const change = draftChanger(dependencies);
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/invoices',
      scope: 'write',
      summary: 'Make a draft of lines entered by hand, outside of any subscription',
      body: newDraft,
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          findCustomerFaults(tx, organizationId, readableFields(newDraft, body).customer),
        ),
      response: draftSchema,
      status: 201,
      async handler({ organizationId, clockOffset, body }) {
        const customer = await inOrganization(pool, organizationId, (tx) =>
          selectCustomerByKey(tx, organizationId, body.customer),
        );
        if (customer === null) throw invalidFields([unknownCustomer(body.customer)]);
        refuseErased(customer);
        const draft = await orNotBillable(() =>
          createDraft(pool, {
            organizationId,
            now: now() + clockOffset,
            draft: {
              id: newId(inTimeOf(dependencies, clockOffset)),
              customerId: customer.id,
              currency: body.currency,
              paymentTermsDays: body.payment_terms_days,
              lines: body.lines.map((line) => ({ id: newId(dependencies), ...line })),
              discounts: body.discounts.map((discount) => discountOf(newId(dependencies), discount)),
            },
          }),
        );
        return { body: presentDraft(draft), headers: { Location: `/v1/invoice-drafts/${draft.id}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/invoice-drafts',
      scope: 'read',
      summary: 'List drafts of invoices, newest first, without their lines',
      query: z.strictObject({ ...pageQuery, customer: customerKeySchema.optional() }),
      response: pageSchema(draftSummarySchema),
      async handler({ organizationId, query }) {
        const after = decodeCursor(query.cursor, idSchema);
        const rows = await inOrganization(pool, organizationId, async (tx) => {
          const customer =
            query.customer === undefined ? undefined : await selectCustomerByKey(tx, organizationId, query.customer);
          if (customer === null) return [];
          return selectDrafts(tx, organizationId, { customerId: customer?.id, after, limit: query.limit + 1 });
        });
        return { body: pageOf(rows, query.limit, presentDraftSummary, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/invoice-drafts/{id}',
      scope: 'read',
      summary: 'One draft as it was made last',
      params: uuidParams,
      response: draftSchema,
      async handler({ organizationId, params: { id } }) {
        const draft = await inOrganization(pool, organizationId, (tx) => selectDraft(tx, organizationId, id));
        if (draft === null) throw noSuchDraft(id);
        return { body: presentDraft(draft) };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/v1/invoice-drafts/{id}',
      scope: 'write',
      matches: { lock: (tx, organizationId, { id }) => selectDraft(tx, organizationId, id, true) },
      summary: 'Change the terms of a draft',
      params: uuidParams,
      body: z.strictObject({ payment_terms_days: termsSchema }),
      response: draftSchema,
      async handler({ organizationId, clockOffset, params: { id }, body }) {
        const terms = { paymentTermsDays: body.payment_terms_days };
        return { body: await change({ organizationId, clockOffset, id }, (draft) => ({ ...draft, ...terms })) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/invoice-drafts/{id}',
      scope: 'write',
      matches: { lock: (tx, organizationId, { id }) => selectDraft(tx, organizationId, id, true) },
      summary: 'Throw away a draft of lines entered by hand',
      params: uuidParams,
      response: z.object({ id: idSchema, deleted: z.literal(true) }),
      async handler({ organizationId, params: { id } }) {
        await inOrganization(pool, organizationId, async (tx) => {
          const draft = await selectDraft(tx, organizationId, id, true);
          if (draft === null) throw noSuchDraft(id);
          if (draft.kind === 'period')
            throw new ApiError(
              'not_billable',
              `Draft ${id} is of a period and would be made again: cancel or change the subscription, or void the invoice it becomes.`,
            );
          await deleteDrafts(tx, organizationId, [draft]);
          await insertOutbox(tx, { organizationId, type: 'invoice.draft_deleted', subject: id, data: { id } });
        });
        return { body: { id, deleted: true as const } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/invoice-drafts/{id}/refresh',
      scope: 'write',
      summary: 'Make a draft anew from what is used by now; what was entered by hand stays',
      params: uuidParams,
      response: draftSchema,
      status: 200,
      async handler({ organizationId, clockOffset, params: { id } }) {
        return { body: await change({ organizationId, clockOffset, id }, null) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/invoices/{id}/finalize',
      scope: 'write',
      summary:
        'Make a draft anew and finalize it now, without waiting for its grace; the same answer when it is final already',
      params: uuidParams,
      response: documentSchema,
      status: 200,
      async handler({ organizationId, clockOffset, params: { id } }) {
        const result = await orNotBillable(() => finalizeDraft(pool, { organizationId, id, now: now() + clockOffset }));
        if (result.status === 'not_found') throw new ApiError('not_found', `There is no draft or invoice ${id}.`);
        if (result.status === 'nothing_due') throw nothingDue(id);
        const { invoice } = result;
        const paymentOf = await presentWithPayments(pool, organizationId, [invoice], now() + clockOffset);
        return { body: presentDocument(invoice, paymentOf(invoice)) };
      },
    }),
  ];
}
