import type { Transaction } from '#libs/database/transaction.ts';
import type { Charge } from '../plan-schema.ts';

export async function insertCharges(
  tx: Transaction,
  organizationId: number,
  charges: readonly Charge[],
): Promise<void> {
  await tx.query(
    `INSERT INTO charges (organization_id, plan_id, key, position, meter_id, terms)
     SELECT $1, c.* FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::integer[], $6::jsonb[]) AS c`,
    [
      organizationId,
      charges.map((charge) => charge.planId),
      charges.map((charge) => charge.key),
      charges.map((charge) => charge.position),
      charges.map((charge) => charge.meterId),
      charges.map((charge) => JSON.stringify(charge.terms)),
    ],
  );
}
