import type { Transaction } from '#libs/database/transaction.ts';
import type { Plan } from '../plan-schema.ts';
import { PLAN_COLUMNS } from './plan-columns.ts';

/** All versions of all plans in the order they were made, behind `afterId` (null: from the first). */
export async function listPlans(
  tx: Transaction,
  organizationId: number,
  afterId: string | null,
  limit: number,
): Promise<Plan[]> {
  const { rows } = await tx.query<Plan>(
    `SELECT ${PLAN_COLUMNS} FROM plans WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [organizationId, afterId, limit],
  );
  return rows;
}
