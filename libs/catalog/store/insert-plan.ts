import type { Transaction } from '#libs/database/transaction.ts';
import type { Plan } from '../plan-schema.ts';
import { PLAN_COLUMNS } from './plan-columns.ts';

export async function insertPlan(
  tx: Transaction,
  organizationId: number,
  plan: Omit<Plan, 'createdAt'>,
): Promise<Plan> {
  const { rows } = await tx.query<Plan>(
    `INSERT INTO plans (organization_id, id, key, version, name, currency) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${PLAN_COLUMNS}`,
    [organizationId, plan.id, plan.key, plan.version, plan.name, plan.currency],
  );
  return rows[0] as Plan;
}
