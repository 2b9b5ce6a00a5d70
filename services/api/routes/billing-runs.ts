import { z } from 'zod';
import { windowOfMonth } from '#libs/catalog/billing-period.ts';
import { dateSchema } from '#libs/catalog/fields.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { createBillingRun } from '#libs/invoicing/run/create-billing-run.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import { selectBillingRun } from '#libs/invoicing/store/select-billing-run.ts';
import { selectBillingRuns } from '#libs/invoicing/store/select-billing-runs.ts';
import { type ParkedRow, selectParked } from '#libs/invoicing/store/select-parked.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';

const monthRun = z.strictObject({
  period: z
    .string()
    .regex(/^(?:19[7-9]|20\d|21\d)\d-(?:0[1-9]|1[0-2])$/, 'must be a month such as 2026-10')
    .describe('Everything that ended in this month and with its end'),
});

const windowRun = z
  .strictObject({
    ends_after: dateSchema.describe('Bills periods that end after this day, 00:00'),
    ends_until: dateSchema.describe('… and not after this one'),
  })
  .superRefine(({ ends_after, ends_until }, context) => {
    if (ends_until <= ends_after)
      context.addIssue({ code: 'custom', path: ['ends_until'], message: `must be after ends_after (${ends_after})` });
  });

const shape = {
  id: idSchema,
  state: z.enum(['queued', 'waiting', 'running', 'completed', 'failed']),
  state_reason: z.string().nullable(),
  ends_after: z.iso.date(),
  ends_until: z.iso.date(),
  requested_by: z.string(),
  purpose: z
    .enum(['periods', 'late'])
    .describe(
      'late: looks for usage that came or was corrected after it was billed, of services that ended in that time',
    ),
  customers_due: z.int(),
  customers_done: z.int(),
  invoices_created: z.int(),
  invoices_skipped: z
    .int()
    .describe('Not made, since all their lines would have been zero; their periods count as billed'),
  created_at: timeSchema,
  started_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
};
const runAnswer = z.object(shape);
const parkedAnswer = z.object({ customer: z.string(), code: z.string(), detail: z.string(), parked_at: timeSchema });

const present = (run: BillingRun): z.infer<typeof runAnswer> => ({
  id: run.id,
  state: run.state,
  state_reason: run.stateReason,
  ends_after: run.endsAfter,
  ends_until: run.endsUntil,
  requested_by: run.requestedBy,
  purpose: run.purpose,
  customers_due: run.customersDue,
  customers_done: run.customersDone,
  invoices_created: run.invoicesCreated,
  invoices_skipped: run.invoicesSkipped,
  created_at: run.createdAt.toISOString(),
  started_at: run.startedAt?.toISOString() ?? null,
  finished_at: run.finishedAt?.toISOString() ?? null,
});

const presentParked = (row: ParkedRow): z.infer<typeof parkedAnswer> => ({
  customer: row.customerKey,
  code: row.code,
  detail: row.detail,
  parked_at: row.parkedAt.toISOString(),
});

export function billingRunRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/billing-runs',
      scope: 'write',
      summary: 'Bill what is due; the work goes on after the answer',
      body: z.union([monthRun, windowRun]),
      response: runAnswer,
      status: 202,
      async handler({ organizationId, keyId, body }) {
        const { endsAfter, endsUntil } =
          'period' in body ? windowOfMonth(body.period) : { endsAfter: body.ends_after, endsUntil: body.ends_until };
        const run = await inOrganization(pool, organizationId, async (tx) => {
          const created = await createBillingRun(tx, {
            organizationId,
            id: newId(dependencies),
            endsAfter,
            endsUntil,
            requestedBy: `key:${keyId}`,
          });
          if (created.status === 'period_not_over') {
            const { period, billableAt } = created.notOver;
            throw new ApiError(
              'period_not_over',
              `The period ${period.from} to ${period.to} (${period.timeZone}) can be billed from ${billableAt} on, its end and the grace period. Nothing was started.`,
            );
          }
          await insertOutbox(tx, {
            organizationId,
            type: 'billing_run.created',
            subject: created.run.id,
            data: present(created.run),
          });
          return created.run;
        });
        return { body: present(run), headers: { Location: `/v1/billing-runs/${run.id}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/billing-runs',
      scope: 'read',
      summary: 'List billing runs, newest first',
      query: z.strictObject(pageQuery),
      response: pageSchema(runAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema);
        const rows = await inOrganization(pool, organizationId, (tx) =>
          selectBillingRuns(tx, organizationId, { after, limit: limit + 1 }),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/billing-runs/{id}',
      scope: 'read',
      summary: 'One billing run with its progress and the customers it could not bill',
      params: uuidParams,
      response: z.object({ ...shape, parked: z.array(parkedAnswer) }),
      async handler({ organizationId, params: { id } }) {
        const found = await inOrganization(pool, organizationId, async (tx) => {
          const run = await selectBillingRun(tx, organizationId, id);
          return run && { ...present(run), parked: (await selectParked(tx, organizationId, id)).map(presentParked) };
        });
        if (!found) throw new ApiError('not_found', `There is no billing run ${id}.`);
        return { body: found };
      },
    }),
  ];
}
