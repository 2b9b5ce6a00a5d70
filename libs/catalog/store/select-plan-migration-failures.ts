import type { Transaction } from '#libs/database/transaction.ts';
import type { PlanMigrationFailure } from './insert-plan-migration-failure.ts';

/** The first so many, in the order of the subscriptions. */
export async function selectPlanMigrationFailures(
  tx: Transaction,
  organizationId: number,
  migrationId: string,
  limit: number,
): Promise<{ readonly count: number; readonly first: PlanMigrationFailure[] }> {
  const { rows } = await tx.query<PlanMigrationFailure & { readonly count: number }>(
    `SELECT subscription_id AS "subscriptionId", code, detail, (count(*) OVER ())::integer AS count FROM plan_migration_failures
      WHERE organization_id = $1 AND migration_id = $2 ORDER BY subscription_id LIMIT $3`,
    [organizationId, migrationId, limit],
  );
  return { count: rows[0]?.count ?? 0, first: rows.map(({ count: _, ...failure }) => failure) };
}
