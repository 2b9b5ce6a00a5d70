import type { Transaction } from '#libs/database/transaction.ts';
import type { Plan } from '../plan-schema.ts';
import { PLAN_COLUMNS } from './plan-columns.ts';

/** Stores all that can change of a plan version. The database refuses to change what one says that is no draft. */
export async function updatePlan(tx: Transaction, organizationId: number, plan: Plan): Promise<Plan> {
  const { rows } = await tx.query<Plan>(
    `UPDATE plans SET state = $3, name = $4, currency = $5, interval = $6, minimum_amount = $7
      WHERE organization_id = $1 AND id = $2 RETURNING ${PLAN_COLUMNS}`,
    [organizationId, plan.id, plan.state, plan.name, plan.currency, plan.interval, plan.minimumAmount],
  );
  return rows[0] as Plan;
}
