import { z } from 'zod';
import { planDraftSchema, planSchema } from '#libs/catalog/plan-schema.ts';
import { listPlans } from '#libs/catalog/store/list-plans.ts';
import { lockPlanKey } from '#libs/catalog/store/lock-plan-key.ts';
import { selectCharges } from '#libs/catalog/store/select-charges.ts';
import { selectPlan } from '#libs/catalog/store/select-plan.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Matches, type MoreFaults, type Route } from '#libs/http/route.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema } from '../fields.ts';
import { activatePlan, archivePlan, createPlan, meterFaultsOfRefused, replaceDraft } from '../plan-versions.ts';
import { planAnswer, presentPlan as present } from '../present-plan.ts';

const versionSchema = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1')
  .transform(Number);

const versionParams = z.object({ key: z.string().min(1).max(255), version: versionSchema });

/** What holds for If-Match: the version as GET shows it, under the locks of who moves it. */
const planVersion: Matches<{ readonly key: string; readonly version: number }> = {
  path: '/v1/plans/{key}',
  query: ({ version }) => ({ version }),
  async lock(tx, organizationId, { key }) {
    await lockCatalogShared(tx);
    await lockPlanKey(tx, organizationId, key);
  },
};

export function planRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  const moreFaults: MoreFaults = ({ organizationId, body }) =>
    inOrganization(pool, organizationId, (tx) => meterFaultsOfRefused(tx, organizationId, body));
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/plans',
      scope: 'write',
      summary: 'Create a plan, or the next version of the plan with this key',
      body: planSchema,
      moreFaults,
      response: planAnswer,
      status: 201,
      async handler({ organizationId, body }) {
        const plan = await inOrganization(pool, organizationId, (tx) =>
          createPlan(tx, organizationId, body, newId(dependencies)),
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
      query: z.strictObject({ version: versionSchema.optional().describe('The newest if left out') }),
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
    defineRoute({
      method: 'PUT',
      path: '/v1/plans/{key}/versions/{version}',
      scope: 'write',
      matches: planVersion,
      summary: 'Replace what a draft says',
      params: versionParams,
      body: planDraftSchema,
      moreFaults,
      response: planAnswer,
      async handler({ organizationId, params: { key, version }, body }) {
        return {
          body: await inOrganization(pool, organizationId, (tx) =>
            replaceDraft(tx, organizationId, key, version, body),
          ),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/plans/{key}/versions/{version}/activate',
      scope: 'write',
      matches: planVersion,
      summary: 'Make a draft active: it takes subscriptions and never changes again',
      params: versionParams,
      response: planAnswer,
      async handler({ organizationId, params: { key, version } }) {
        return {
          body: await inOrganization(pool, organizationId, (tx) => activatePlan(tx, organizationId, key, version)),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/plans/{key}/versions/{version}/archive',
      scope: 'write',
      matches: planVersion,
      summary: 'Take no new subscriptions on a plan version; those that it has stay',
      params: versionParams,
      response: planAnswer,
      async handler({ organizationId, params: { key, version } }) {
        return {
          body: await inOrganization(pool, organizationId, (tx) => archivePlan(tx, organizationId, key, version)),
        };
      },
    }),
  ];
}
