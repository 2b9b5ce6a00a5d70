import type { Transaction } from '#libs/database/transaction.ts';
import type { PlanMigration } from '../plan-migration.ts';
import { PLAN_MIGRATION_COLUMNS } from './plan-migration-columns.ts';

export async function insertPlanMigration(
  tx: Transaction,
  organizationId: number,
  row: Pick<PlanMigration, 'id' | 'planKey' | 'fromVersion' | 'toVersion' | 'starts' | 'total'>,
): Promise<PlanMigration> {
  const { rows } = await tx.query<PlanMigration>(
    `INSERT INTO plan_migrations (organization_id, id, plan_key, from_version, to_version, starts, total, created_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => o.clock_offset_seconds) FROM organizations o WHERE o.id = $1
     RETURNING ${PLAN_MIGRATION_COLUMNS}`,
    [organizationId, row.id, row.planKey, row.fromVersion, row.toVersion, row.starts, row.total],
  );
  return rows[0] as PlanMigration;
}
