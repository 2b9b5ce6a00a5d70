import type { Transaction } from '#libs/database/transaction.ts';
import type { PlanMigration } from '../plan-migration.ts';
import { PLAN_MIGRATION_COLUMNS } from './plan-migration-columns.ts';

export async function selectPlanMigration(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<PlanMigration | null> {
  const { rows } = await tx.query<PlanMigration>(
    `SELECT ${PLAN_MIGRATION_COLUMNS} FROM plan_migrations WHERE organization_id = $1 AND id = $2`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
