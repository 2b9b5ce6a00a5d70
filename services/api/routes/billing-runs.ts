import { z } from 'zod';
import { windowOfMonth } from '#libs/catalog/billing-period.ts';
import { customerKeySchema, dateSchema, EVEN_IF_FAULTY } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { selectBillingRuns } from '#libs/invoicing/store/select-billing-runs.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema } from '../fields.ts';
import { presentRun, runSchema } from '../present-billing-run.ts';
import { MOST_CUSTOMERS, startBillingRun, unknownCustomersOfRefused } from '../start-billing-run.ts';

const options = {
  customers: z
    .array(customerKeySchema)
    .min(1)
    .max(MOST_CUSTOMERS)
    .optional()
    .describe('Keys of the only customers to bill; without it all are'),
  dry_run: z.boolean().default(false).describe('Do all but finalize: nothing is stored but the run and its result'),
};

const monthRun = z.strictObject({
  period: z
    .string()
    .regex(/^(?:19[7-9]|20\d|21\d)\d-(?:0[1-9]|1[0-2])$/, 'must be a month such as 2026-10')
    .describe('Everything that ended in this month and with its end'),
  ...options,
});

const windowRun = z
  .strictObject({
    ends_after: dateSchema.describe('Bills periods that end after this day, 00:00'),
    ends_until: dateSchema.describe('… and not after this one'),
    ...options,
  })
  .superRefine((value, context) => {
    const [after, until] = [dateSchema.safeParse(value?.ends_after), dateSchema.safeParse(value?.ends_until)];
    if (!after.success || !until.success || until.data > after.data) return;
    context.addIssue({ code: 'custom', path: ['ends_until'], message: `must be after ends_after (${after.data})` });
  }, EVEN_IF_FAULTY);

export function billingRunRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/billing-runs',
      scope: 'write',
      summary: 'Bill what is due; the work goes on after the answer',
      body: z.union([monthRun, windowRun]),
      moreFaults: ({ organizationId, body }) =>
        inOrganization(pool, organizationId, (tx) =>
          unknownCustomersOfRefused(tx, organizationId, (body as { customers?: unknown } | null)?.customers),
        ),
      response: runSchema,
      status: 202,
      async handler({ organizationId, keyId, body }) {
        const window =
          'period' in body ? windowOfMonth(body.period) : { endsAfter: body.ends_after, endsUntil: body.ends_until };
        const run = await inOrganization(pool, organizationId, (tx) =>
          startBillingRun(tx, {
            organizationId,
            id: newId(dependencies),
            ...window,
            requestedBy: `key:${keyId}`,
            dryRun: body.dry_run,
            customers: body.customers,
          }),
        );
        return { body: presentRun(run), headers: { Location: `/v1/billing-runs/${run.id}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/billing-runs',
      scope: 'read',
      summary: 'List billing runs, newest first',
      query: z.strictObject(pageQuery),
      response: pageSchema(runSchema),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema);
        const rows = await inOrganization(pool, organizationId, (tx) =>
          selectBillingRuns(tx, organizationId, { after, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, presentRun, (row) => row.id) };
      },
    }),
  ];
}
