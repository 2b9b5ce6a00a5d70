import { z } from 'zod';
import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import { customerKeySchema, dateSchema } from '#libs/catalog/fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { lookForLate } from '#libs/invoicing/collect/look-for-late.ts';
import { insertBillingRun } from '#libs/invoicing/store/insert-billing-run.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema } from '../fields.ts';
import { orNotBillable } from '../or-not-billable.ts';
import { bodyShape, presentBody } from '../present-body.ts';

const FIRST_DAY = '1970-01-01';

const rerateBody = z
  .strictObject({
    from: dateSchema.optional().describe('Only services that ended after this day (UTC); all if left out'),
    to: dateSchema.optional().describe('… and not after this one; today if left out'),
    dry_run: z.boolean().default(false).describe('Only answer what would be made'),
  })
  .superRefine(({ from, to }, context) => {
    if (from !== undefined && to !== undefined && to <= from)
      context.addIssue({ code: 'custom', path: ['to'], message: `must be after from (${from})` });
  });

export function rerateRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/admin/customers/{key}/rerate',
      scope: 'admin',
      summary:
        'Look for usage of a customer that came or was corrected after it was billed, however long ago, and bill it at once',
      params: z.strictObject({ key: customerKeySchema }),
      body: rerateBody,
      response: z.object({
        run: z.object({ id: idSchema }).nullable().describe('Queued; see /v1/billing-runs/{id}. Null on a dry run'),
        documents: z
          .array(z.object({ kind: z.enum(['invoice', 'credit_note']), ...bodyShape }))
          .nullable()
          .describe('On a dry run: what would be made'),
      }),
      status: 202,
      async handler({
        organizationId,
        clockOffset,
        keyId,
        params: { key },
        body: { from = FIRST_DAY, to, dry_run: isDry },
      }) {
        const customer = await inOrganization(pool, organizationId, (tx) =>
          selectCustomerByKey(tx, organizationId, key),
        );
        if (customer === null) throw new ApiError('not_found', `There is no customer "${key}".`);
        const tomorrow = addDays(localDateAt(now() + clockOffset, 'UTC'), 1);
        const window = { endsAfter: from, endsUntil: to ?? (from < tomorrow ? tomorrow : addDays(from, 1)) };
        if (isDry) {
          const [servedAfter, servedUntil] = [Date.parse(window.endsAfter), Date.parse(window.endsUntil)];
          const { id: customerId } = customer;
          const drafts = await orNotBillable(() =>
            lookForLate(pool, { organizationId, customerId, servedAfter, servedUntil, now: now() + clockOffset }),
          );
          return {
            body: { run: null, documents: drafts.map(({ body }) => ({ kind: body.kind, ...presentBody(body) })) },
          };
        }
        const run = await inOrganization(pool, organizationId, async (tx) => {
          const queued = await insertBillingRun(tx, {
            ...window,
            organizationId,
            id: newId(dependencies),
            requestedBy: `key:${keyId}`,
            purpose: 'late',
            customerId: customer.id,
          });
          await insertOutbox(tx, {
            organizationId,
            type: 'billing_run.created',
            subject: queued.id,
            data: { id: queued.id, purpose: 'late', customer: key, requested_by: queued.requestedBy },
          });
          return queued;
        });
        return { body: { run: { id: run.id }, documents: null }, headers: { Location: `/v1/billing-runs/${run.id}` } };
      },
    }),
  ];
}
