import type { Transaction } from '#libs/database/transaction.ts';
import type { Plan, PlanState } from '../plan-schema.ts';
import { PLAN_COLUMNS } from './plan-columns.ts';

/** One version of a plan; the newest (in that state, if one is named) when `version` is null. */
export async function selectPlan(
  tx: Transaction,
  organizationId: number,
  key: string,
  version: number | null,
  state: PlanState | null = null,
): Promise<Plan | null> {
  const { rows } = await tx.query<Plan>(
    `SELECT ${PLAN_COLUMNS} FROM plans
      WHERE organization_id = $1 AND key = $2 AND ($3::integer IS NULL OR version = $3) AND ($4::text IS NULL OR state = $4)
      ORDER BY version DESC LIMIT 1`,
    [organizationId, key, version, state],
  );
  return rows[0] ?? null;
}
