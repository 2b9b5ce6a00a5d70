import type { Transaction } from '#libs/database/transaction.ts';
import type { PlanMigration } from '../plan-migration.ts';
import { PLAN_MIGRATION_COLUMNS } from './plan-migration-columns.ts';

/** Migrations of a plan, newest first, behind `afterId` (null: from the newest). */
export async function selectPlanMigrations(
  tx: Transaction,
  organizationId: number,
  planKey: string,
  afterId: string | null,
  limit: number,
): Promise<PlanMigration[]> {
  const { rows } = await tx.query<PlanMigration>(
    `SELECT ${PLAN_MIGRATION_COLUMNS} FROM plan_migrations
      WHERE organization_id = $1 AND plan_key = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
    [organizationId, planKey, afterId, limit],
  );
  return rows;
}
