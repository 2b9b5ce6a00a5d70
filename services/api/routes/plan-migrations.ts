import { z } from 'zod';
import { type PlanMigration, planMigrationSchema } from '#libs/catalog/plan-migration.ts';
import { insertPlanMigration } from '#libs/catalog/store/insert-plan-migration.ts';
import { selectPlanMigration } from '#libs/catalog/store/select-plan-migration.ts';
import { selectPlanMigrationFailures } from '#libs/catalog/store/select-plan-migration-failures.ts';
import { selectPlanMigrations } from '#libs/catalog/store/select-plan-migrations.ts';
import {
  countSubscriptionsOnPlan,
  selectSubscriptionsOnPlan,
} from '#libs/catalog/store/select-subscriptions-on-plan.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError, invalidField } from '#libs/http/errors.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { lockCatalogShared } from '#libs/metering/store/lock-catalog-shared.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, inTimeOf, newId } from '../dependencies.ts';
import { idSchema, timeSchema } from '../fields.ts';
import { type Move, moveSubscription, notOverBy } from '../migrate-subscriptions.ts';
import { subscribedPlan } from '../subscribed-plan.ts';

const SHOWN_FAILURES = 100;

const failureAnswer = z.object({ subscription: idSchema, code: z.string(), detail: z.string() });

const shape = {
  id: idSchema,
  plan: z.string(),
  from_version: z.int().nullable().describe('null: whatever version they are on'),
  to_version: z.int(),
  when: z.string(),
  state: z.enum(['running', 'completed']),
  total: z.int().describe('Subscriptions to look at'),
  looked_at: z.int(),
  moved: z.int().describe('The others are on the version already, are on another plan by then, or failed'),
  created_at: timeSchema,
  finished_at: timeSchema.nullable(),
};
const migrationAnswer = z.object(shape);

const previewAnswer = z.object({
  dry_run: z.literal(true),
  total: z.int().describe('Subscriptions to look at, on all pages'),
  data: z.array(
    z.object({
      subscription: idSchema,
      customer: z.string().nullable(),
      from_version: z.int().nullable(),
      to_version: z.int(),
      starts_on: z.iso.date().nullable(),
      charges: z
        .object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) })
        .nullable(),
      problem: z
        .object({ code: z.string(), detail: z.string() })
        .nullable()
        .describe('Why it would stay; the other fields are null then'),
    }),
  ),
  next_cursor: z.string().nullable(),
});

const present = (row: PlanMigration): z.infer<typeof migrationAnswer> => ({
  id: row.id,
  plan: row.planKey,
  from_version: row.fromVersion,
  to_version: row.toVersion,
  when: row.starts,
  state: row.state,
  total: row.total,
  looked_at: row.lookedAt,
  moved: row.moved,
  created_at: row.createdAt.toISOString(),
  finished_at: row.finishedAt?.toISOString() ?? null,
});

export function planMigrationRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/plans/{key}/migrations',
      scope: 'write',
      summary:
        'Move the subscriptions on a plan to one of its versions; with dry_run tell, page by page, which and how',
      query: z.strictObject(pageQuery),
      body: planMigrationSchema,
      response: z.union([migrationAnswer, previewAnswer]),
      status: 202,
      // A dry run.
      alsoStatus: [200],
      async handler({ organizationId, clockOffset, params: { key }, query: { limit, cursor }, body }) {
        const move: Move = {
          planKey: key,
          fromVersion: body.from_version ?? null,
          toVersion: body.to_version,
          starts: body.when,
        };
        return inOrganization(pool, organizationId, async (tx) => {
          await checkVersion(tx, organizationId, move);
          checkDay(move, notOverBy(now() + clockOffset));
          const total = await countSubscriptionsOnPlan(tx, organizationId, key, notOverBy(now() + clockOffset));
          if (body.dry_run) {
            const after = decodeCursor(cursor, idSchema) ?? null;
            const page = await preview(tx, organizationId, move, { after, limit }, inTimeOf(dependencies, clockOffset));
            return { status: 200, body: { dry_run: true, total, ...page } };
          }
          const created = await insertPlanMigration(tx, organizationId, { id: newId(dependencies), ...move, total });
          const presented = present(created);
          await insertOutbox(tx, {
            organizationId,
            type: 'plan_migration.created',
            subject: created.id,
            data: presented,
          });
          return { body: presented, headers: { Location: `/v1/plans/${key}/migrations/${created.id}` } };
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans/{key}/migrations',
      scope: 'read',
      summary: 'List the migrations of a plan, newest first',
      query: z.strictObject(pageQuery),
      response: pageSchema(migrationAnswer),
      async handler({ organizationId, params: { key }, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          selectPlanMigrations(tx, organizationId, key, after, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/plans/{key}/migrations/{id}',
      scope: 'read',
      summary: 'How far a migration has come, and which subscriptions stayed',
      params: z.object({ key: z.string().min(1).max(255), id: z.uuid() }),
      response: z.object({
        ...shape,
        failed: z.int(),
        failures: z.array(failureAnswer).describe(`The first ${SHOWN_FAILURES}`),
      }),
      async handler({ organizationId, params: { key, id } }) {
        const found = await inOrganization(pool, organizationId, async (tx) => {
          const migration = await selectPlanMigration(tx, organizationId, id);
          if (migration?.planKey !== key) return null;
          const { count, first } = await selectPlanMigrationFailures(tx, organizationId, id, SHOWN_FAILURES);
          const failures = first.map(({ subscriptionId, ...why }) => ({ subscription: subscriptionId, ...why }));
          return { ...present(migration), failed: count, failures };
        });
        if (!found) throw new ApiError('not_found', `Plan "${key}" has no migration ${id}.`);
        return { body: found };
      },
    }),
  ];
}

async function checkVersion(
  tx: Transaction,
  organizationId: number,
  { planKey, toVersion, fromVersion }: Move,
): Promise<void> {
  await lockCatalogShared(tx);
  try {
    await subscribedPlan(tx, organizationId, planKey, toVersion);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.errors?.[0]?.code === 'unknown_plan') throw new ApiError('not_found', `There is no plan "${planKey}".`);
    throw invalidField('/to_version', error.errors?.[0]?.detail ?? error.message, error.errors?.[0]?.code);
  }
  if (fromVersion === toVersion) throw invalidField('/from_version', 'must be another one than to_version');
}

/** A day that is over in every zone would be refused by each subscription alone. */
function checkDay({ starts }: Move, earliest: string): void {
  if (starts === 'now' || starts === 'period_end' || starts >= earliest) return;
  throw invalidField('/when', `must not be before ${earliest}: what is over stays as it was`);
}

/** The same steps as of the real run, up to the first that writes. */
async function preview(
  tx: Transaction,
  organizationId: number,
  move: Move,
  page: { readonly after: string | null; readonly limit: number },
  dependencies: ApiDependencies,
): Promise<Pick<z.infer<typeof previewAnswer>, 'data' | 'next_cursor'>> {
  const ids = await selectSubscriptionsOnPlan(tx, organizationId, move.planKey, notOverBy(dependencies.now()), {
    ...page,
    limit: page.limit + 1,
  });
  const shown = ids.slice(0, page.limit);
  const data: z.infer<typeof previewAnswer>['data'] = [];
  for (const id of shown) {
    const common = { subscription: id, to_version: move.toVersion };
    try {
      const moved = await moveSubscription({ tx, organizationId, id, dependencies, isPreview: true }, move);
      if (!moved) continue;
      const { customer, fromVersion, startsOn, charges } = moved;
      data.push({ ...common, customer, from_version: fromVersion, starts_on: startsOn, charges, problem: null });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const problem = { code: error.code, detail: error.message };
      data.push({ ...common, customer: null, from_version: null, starts_on: null, charges: null, problem });
    }
  }
  const last = shown.at(-1);
  return { data, next_cursor: ids.length > page.limit && last !== undefined ? encodeCursor(last) : null };
}
