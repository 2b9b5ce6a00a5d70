import type { Transaction } from '#libs/database/transaction.ts';
import type { Plan } from '../plan-schema.ts';
import { PLAN_COLUMNS } from './plan-columns.ts';

export async function insertPlan(
  tx: Transaction,
  organizationId: number,
  plan: Omit<Plan, 'createdAt'>,
): Promise<Plan> {
  const { rows } = await tx.query<Plan>(
    `INSERT INTO plans (organization_id, id, key, version, state, name, currency, interval, minimum_amount)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${PLAN_COLUMNS}`,
    [
      organizationId,
      plan.id,
      plan.key,
      plan.version,
      plan.state,
      plan.name,
      plan.currency,
      plan.interval,
      plan.minimumAmount,
    ],
  );
  return rows[0] as Plan;
}
