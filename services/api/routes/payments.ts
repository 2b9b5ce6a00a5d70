import { z } from 'zod';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { paymentSchema, refundSchema } from '#libs/payments/payment-schema.ts';
import { listPayments } from '#libs/payments/store/list-payments.ts';
import { selectPayment } from '#libs/payments/store/select-payment.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, uuidParams } from '../fields.ts';
import { sellersToday } from '../payment-states.ts';
import { paymentAnswer, presentPayment } from '../present-payment.ts';
import { refundFaultsOfRefused, refundPayment } from '../refund-payment.ts';
import { paymentFaultsOfRefused, takePayment } from '../take-payment.ts';

const listQuery = z.strictObject({
  ...pageQuery,
  invoice: idSchema.optional().describe('Only of this invoice'),
  customer: customerKeySchema.optional().describe('Only of the customer with this key'),
});

const positionSchema = z.string().regex(/^\d{1,18}$/);

export function paymentRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/payments',
      scope: 'write',
      summary: 'Tell of money that came in for an invoice, all or part of it',
      body: paymentSchema,
      moreFaults: ({ organizationId, clockOffset, body }) =>
        inOrganization(pool, organizationId, async (tx) =>
          paymentFaultsOfRefused(tx, organizationId, body, await sellersToday(tx, organizationId, now() + clockOffset)),
        ),
      response: paymentAnswer,
      status: 201,
      // It was there already.
      alsoStatus: [200],
      async handler({ organizationId, clockOffset, body }) {
        const { payment, repeated } = await inOrganization(pool, organizationId, async (tx) =>
          takePayment(
            tx,
            organizationId,
            { ...body, id: body.id ?? newId(dependencies) },
            await sellersToday(tx, organizationId, now() + clockOffset),
          ),
        );
        const headers = { Location: `/v1/payments/${payment.id}` };
        return { status: repeated ? 200 : 201, body: presentPayment(payment), headers };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/payments/{id}/refunds',
      scope: 'write',
      summary: 'Tell that money of a payment was given back, at most what it paid on its invoice',
      params: uuidParams,
      body: refundSchema,
      moreFaults: ({ organizationId, params: { id }, body }) =>
        inOrganization(pool, organizationId, (tx) => refundFaultsOfRefused(tx, organizationId, id, body)),
      response: paymentAnswer,
      status: 201,
      // It was there already.
      alsoStatus: [200],
      async handler({ organizationId, clockOffset, params: { id }, body }) {
        const { payment, repeated } = await inOrganization(pool, organizationId, async (tx) =>
          refundPayment(
            tx,
            organizationId,
            id,
            { ...body, id: body.id ?? newId(dependencies) },
            await sellersToday(tx, organizationId, now() + clockOffset),
          ),
        );
        return { status: repeated ? 200 : 201, body: presentPayment(payment) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/payments',
      scope: 'read',
      summary: 'List payments with their refunds, newest first',
      query: listQuery,
      response: pageSchema(paymentAnswer),
      async handler({ organizationId, query: { limit, cursor, invoice = null, customer } }) {
        const before = decodeCursor(cursor, positionSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, async (tx) => {
          const payer = customer === undefined ? undefined : await selectCustomerByKey(tx, organizationId, customer);
          if (payer === null) return [];
          const customerId = payer?.id ?? null;
          return listPayments(tx, { organizationId, invoiceId: invoice, customerId, before, limit: limit + 1 });
        });
        return { body: pageOf(rows, limit, presentPayment, (row) => row.position) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/payments/{id}',
      scope: 'read',
      summary: 'One payment with its refunds',
      params: uuidParams,
      response: paymentAnswer,
      async handler({ organizationId, params: { id } }) {
        const payment = await inOrganization(pool, organizationId, (tx) => selectPayment(tx, organizationId, id));
        if (!payment) throw new ApiError('not_found', `There is no payment ${id}.`);
        return { body: presentPayment(payment) };
      },
    }),
  ];
}
