import type { Transaction } from '#libs/database/transaction.ts';
import type { PlanMigration } from '../plan-migration.ts';
import { PLAN_MIGRATION_COLUMNS } from './plan-migration-columns.ts';

/** Stores how far a locked migration has come. */
export async function updatePlanMigration(
  tx: Transaction,
  organizationId: number,
  migration: Pick<PlanMigration, 'id' | 'state' | 'cursor' | 'lookedAt' | 'moved'>,
): Promise<PlanMigration> {
  const { id, state, cursor, lookedAt, moved } = migration;
  const { rows } = await tx.query<PlanMigration>(
    `UPDATE plan_migrations SET state = $3, cursor = $4, looked_at = $5, moved = $6,
            finished_at = CASE WHEN $3 = 'completed' THEN
              (SELECT now() + make_interval(secs => o.clock_offset_seconds) FROM organizations o WHERE o.id = $1) END
      WHERE organization_id = $1 AND id = $2 RETURNING ${PLAN_MIGRATION_COLUMNS}`,
    [organizationId, id, state, cursor, lookedAt, moved],
  );
  return rows[0] as PlanMigration;
}
