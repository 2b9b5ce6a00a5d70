import type { Transaction } from '#libs/database/transaction.ts';
import type { Charge } from '../plan-schema.ts';

/** Charges of these plan versions, in their order. */
export async function selectCharges(
  tx: Transaction,
  organizationId: number,
  planIds: readonly string[],
): Promise<Charge[]> {
  const { rows } = await tx.query<Charge>(
    `SELECT c.plan_id AS "planId", c.key, c.position, c.meter_id AS "meterId", m.key AS "meterKey", c.terms
       FROM charges c LEFT JOIN meters m ON m.organization_id = c.organization_id AND m.id = c.meter_id
      WHERE c.organization_id = $1 AND c.plan_id = ANY($2::uuid[]) ORDER BY c.plan_id, c.position`,
    [organizationId, planIds],
  );
  return rows;
}
