import { z } from 'zod';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { selectCustomerNames } from '#libs/catalog/store/select-customer-names.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { previewInvoice } from '#libs/invoicing/drafts/preview-invoice.ts';
import { type SearchPosition, searchEvents } from '#libs/metering/read/search-events.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { timeSchema } from '../fields.ts';
import { orNotBillable } from '../or-not-billable.ts';
import type { CompatDependencies } from './compat-dependencies.ts';
import { findTenant, readTenant } from './find-tenant.ts';
import { jsonNumber, jsonNumberSchema } from './json-number.ts';
import { oneCurrency } from './tenant-billing-routes.ts';

const params = z.object({ customer_id: customerKeySchema });
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const MAX_ROWS = 1000;
const PAGE = 200;

const rowAnswer = z.object({
  id: z.string(),
  customer_id: z.string(),
  resource_type: z.string(),
  quantity: z.union([z.number(), z.string()]).describe('As it was sent'),
  metadata: z.record(z.string(), scalar),
  timestamp: timeSchema,
});

export function customerCompatRoutes({ pool, now }: CompatDependencies): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/usage/{customer_id}',
      scope: 'read',
      summary: `Usage as it was recorded for a customer (events with a property "quantity"), newest first, ${MAX_ROWS} rows at most`,
      params,
      response: z.array(rowAnswer),
      async handler({ organizationId, params: { customer_id: id } }) {
        const rows = await inOrganization(
          pool,
          organizationId,
          async (tx) => {
            const { key } = await findTenant(tx, organizationId, id);
            const names = (await selectCustomerNames(tx, organizationId, [key])).get(key)?.names ?? [key];
            const search = { names, source: null, type: null, time: {}, received: {}, voided: false };
            const found: z.infer<typeof rowAnswer>[] = [];
            let after: SearchPosition | undefined;
            do {
              const page = await searchEvents(tx, organizationId, search, { condition: null, after, limit: PAGE });
              for (const { state } of page.found) {
                const { quantity, ...metadata } = state.event.properties;
                if (quantity === undefined || typeof quantity === 'boolean') continue;
                const { id: eventId, type, time } = state.event;
                const timestamp = new Date(time).toISOString();
                found.push({ id: eventId, customer_id: key, resource_type: type, quantity, metadata, timestamp });
              }
              after = page.next ?? undefined;
            } while (after && found.length < MAX_ROWS);
            return found.slice(0, MAX_ROWS);
          },
          'REPEATABLE READ READ ONLY',
        );
        return { body: rows };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/billing/{customer_id}',
      scope: 'read',
      summary: 'What a customer would be billed if what is used by now were all, as one sum',
      params,
      response: z.object({ customer_id: z.string(), currency: z.string(), estimated_bill: jsonNumberSchema }),
      async handler({ organizationId, clockOffset, params: { customer_id: id } }) {
        const { id: customerId, key } = await readTenant(pool, organizationId, id);
        const { drafts } = await orNotBillable(() =>
          previewInvoice(pool, { organizationId, customerId, now: now() + clockOffset }),
        );
        const currency = oneCurrency(drafts.map(({ body }) => body.currency));
        if (currency === undefined)
          throw new ApiError('not_billable', `Customer "${key}" is on no plan, so there is nothing to be billed.`);
        const total = drafts.reduce((sum, { body }) => sum.plus(body.total), new Big('0'));
        return { body: { customer_id: key, currency, estimated_bill: jsonNumber(decimalString(total)) } };
      },
    }),
  ];
}
