import { z } from 'zod';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';
import { selectInvoices } from '#libs/invoicing/store/select-invoices.ts';
import { PAYMENT_STATUSES } from '#libs/payments/payment-state.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { idSchema, uuidParams } from '../fields.ts';
import { readInvoicePayments, sellersToday } from '../payment-states.ts';
import { documentSchema, documentSummarySchema, presentDocument, presentSummary } from '../present-document.ts';

const KINDS = [
  { kind: 'invoice', path: '/v1/invoices', name: 'invoice', names: 'invoices' },
  { kind: 'credit_note', path: '/v1/credit-notes', name: 'credit note', names: 'credit notes' },
] as const;

type Kind = (typeof KINDS)[number];

const listQuery = z.strictObject({
  ...pageQuery,
  customer: customerKeySchema.optional().describe('Only of the customer with this key'),
  billing_run: idSchema.optional().describe('Only those that this run made'),
});

/** Credit notes are not paid. */
const LIST_QUERIES = {
  invoice: listQuery.extend({
    status: z.enum(PAYMENT_STATUSES).optional().describe('Only those whose payment stands so today'),
  }),
  credit_note: listQuery,
};

/** Invoices and credit notes: two kinds of one thing, kept apart by path. */
export const documentRoutes = (dependencies: ApiDependencies): Route[] =>
  KINDS.flatMap((kind) => routesOf(kind, dependencies));

function routesOf({ kind, path, name, names }: Kind, { pool, now }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      scope: 'read',
      summary: `List ${names}, newest first, without their lines`,
      query: LIST_QUERIES[kind],
      response: pageSchema(documentSummarySchema),
      async handler({ organizationId, clockOffset, query }) {
        const after = decodeCursor(query.cursor, idSchema);
        const { rows, payments } = await inOrganization(pool, organizationId, async (tx) => {
          const today = await sellersToday(tx, organizationId, now() + clockOffset);
          const customer =
            query.customer === undefined ? undefined : await selectCustomerByKey(tx, organizationId, query.customer);
          if (customer === null) return { rows: [], payments: new Map() };
          const rows = await selectInvoices(tx, {
            organizationId,
            kind,
            customerId: customer?.id,
            billingRunId: query.billing_run,
            payment: 'status' in query && query.status ? { status: query.status, today } : undefined,
            after,
            limit: query.limit + 1,
          });
          return { rows, payments: await readInvoicePayments(tx, organizationId, rows, today) };
        });
        return {
          body: pageOf(
            rows,
            query.limit,
            (row) => presentSummary(row, payments.get(row.id)),
            (row) => row.id,
          ),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/{id}`,
      scope: 'read',
      summary: `One ${name} with its lines and their evidence`,
      params: uuidParams,
      response: documentSchema,
      async handler({ organizationId, clockOffset, params: { id } }) {
        const document = await readDocument(pool, organizationId, id, { kind, name });
        const payments = await inOrganization(pool, organizationId, async (tx) =>
          readInvoicePayments(
            tx,
            organizationId,
            [document],
            await sellersToday(tx, organizationId, now() + clockOffset),
          ),
        );
        return { body: presentDocument(document, payments.get(document.id)) };
      },
    }),
  ];
}

async function readDocument(
  pool: Pool,
  organizationId: number,
  id: string,
  { kind, name }: Pick<Kind, 'kind' | 'name'>,
): Promise<StoredInvoice> {
  const document = await inOrganization(pool, organizationId, (tx) => selectInvoice(tx, organizationId, id));
  if (document?.kind !== kind) throw new ApiError('not_found', `There is no ${name} ${id}.`);
  return document;
}
