import { z } from 'zod';
import { type Charge, type Plan, type PlanInput, planSchema } from '#libs/catalog/plan-schema.ts';
import { insertCharges } from '#libs/catalog/store/insert-charges.ts';
import { insertPlan } from '#libs/catalog/store/insert-plan.ts';
import { listPlans } from '#libs/catalog/store/list-plans.ts';
import { lockPlanKey } from '#libs/catalog/store/lock-plan-key.ts';
import { selectCharges } from '#libs/catalog/store/select-charges.ts';
import { selectPlan } from '#libs/catalog/store/select-plan.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, type FieldError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';
import { selectMetersByKey } from '#libs/metering/store/select-meters-by-key.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema } from '../fields.ts';

const planAnswer = z.object({
  id: idSchema.describe('Of this version'),
  key: z.string(),
  version: z.int(),
  name: z.string(),
  currency: z.string(),
  charges: z.array(chargeSchema),
  created_at: timeSchema,
});

const present = (plan: Plan, charges: readonly Charge[]): z.infer<typeof planAnswer> => ({
  id: plan.id,
  key: plan.key,
  version: plan.version,
  name: plan.name,
  currency: plan.currency,
  charges: charges.map(({ terms }) => terms),
  created_at: plan.createdAt.toISOString(),
});

const versionSchema = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number)
  .optional()
  .describe('The newest if left out');

export function planRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/plans',
      scope: 'write',
      summary: 'Create a plan, or the next version of the plan with this key',
      body: planSchema,
      response: planAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const plan = await inOrganization(pool, organizationId, (tx) =>
          create(tx, organizationId, body, newId(dependencies)),
        );
        return { body: plan, headers: { Location: `/v1/plans/${plan.key}?version=${plan.version}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans',
      scope: 'read',
      summary: 'List all versions of all plans',
      query: z.strictObject(pageQuery),
      response: pageSchema(planAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const { rows, charges } = await inOrganization(pool, organizationId, async (tx) => {
          const rows = await listPlans(tx, organizationId, after, limit + 1);
          return {
            rows,
            charges: await selectCharges(
              tx,
              organizationId,
              rows.map((row) => row.id),
            ),
          };
        });
        const byPlan = Map.groupBy(charges, (charge) => charge.planId);
        return {
          body: pageOf(
            rows,
            limit,
            (row) => present(row, byPlan.get(row.id) ?? []),
            (row) => row.id,
          ),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans/{key}',
      scope: 'read',
      summary: 'One version of a plan',
      query: z.strictObject({ version: versionSchema }),
      response: planAnswer,
      async handler({ organizationId, params: { key }, query: { version } }) {
        const found = await inOrganization(pool, organizationId, async (tx) => {
          const plan = await selectPlan(tx, organizationId, key, version ?? null);
          return plan && present(plan, await selectCharges(tx, organizationId, [plan.id]));
        });
        if (!found)
          throw new ApiError(
            'not_found',
            `There is no plan "${key}"${version === undefined ? '' : ` with version ${version}`}.`,
          );
        return { body: found };
      },
    }),
  ];
}

async function create(
  tx: Transaction,
  organizationId: number,
  input: PlanInput,
  id: string,
): Promise<z.infer<typeof planAnswer>> {
  // No meter is archived between the look at it and the commit.
  await lockCatalogShared(tx);
  const keys = input.charges.flatMap(({ meter }) => meter ?? []);
  const meters = await selectMetersByKey(tx, organizationId, keys);
  const errors = input.charges.flatMap(({ meter }, index) => meterFault(meter, meters, index));
  if (errors.length > 0) {
    throw new ApiError('invalid_request', errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), {
      errors,
    });
  }
  const version = (await lockPlanKey(tx, organizationId, input.key)) + 1;
  const plan = await insertPlan(tx, organizationId, {
    id,
    key: input.key,
    version,
    name: input.name,
    currency: input.currency,
  });
  const charges = input.charges.map((terms, position): Charge => {
    const { key, meter } = terms;
    const meterId = meter === undefined ? null : (meters.get(meter) as StoredMeter).id;
    return { planId: id, key, position, meterId, meterKey: meter ?? null, terms };
  });
  await insertCharges(tx, organizationId, charges);
  const presented = present(plan, charges);
  await insertOutbox(tx, { organizationId, type: 'plan.created', subject: plan.id, data: presented });
  return presented;
}

function meterFault(key: string | undefined, meters: ReadonlyMap<string, StoredMeter>, index: number): FieldError[] {
  if (key === undefined) return [];
  const meter = meters.get(key);
  if (meter?.archivedAt === null) return [];
  const detail = meter
    ? `names the archived meter "${key}"`
    : `names the meter "${key}", which does not exist: create it by POST /v1/meters first`;
  return [{ pointer: `/charges/${index}/meter`, code: meter ? 'archived_meter' : 'unknown_meter', detail }];
}
