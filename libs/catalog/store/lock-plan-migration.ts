import type { Transaction } from '#libs/database/transaction.ts';
import type { PlanMigration } from '../plan-migration.ts';
import { PLAN_MIGRATION_COLUMNS } from './plan-migration-columns.ts';

/** A migration that runs, for whoever takes its next step; null when somebody else does, or it is completed. */
export async function lockPlanMigration(
  tx: Transaction,
  organizationId: number,
  id: string,
): Promise<PlanMigration | null> {
  const { rows } = await tx.query<PlanMigration>(
    `SELECT ${PLAN_MIGRATION_COLUMNS} FROM plan_migrations
      WHERE organization_id = $1 AND id = $2 AND state = 'running' FOR UPDATE SKIP LOCKED`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
