import type { Transaction } from '#libs/database/transaction.ts';
import type { UnitCut } from '../documents/assemble.ts';

/** Cuts locked units down to what stays billed; one of which nothing does is taken away. */
export async function cutBilledUnits(tx: Transaction, organizationId: number, cuts: readonly UnitCut[]): Promise<void> {
  if (cuts.length === 0) return;
  await tx.query(
    `WITH cut AS (
       SELECT * FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::timestamptz[], $8::numeric[])
                     AS c (subscription_id, charge_key, service_from, service_to, kind, kept_until, credited)
     ), removed AS (
       DELETE FROM billed_units b USING cut c
        WHERE b.organization_id = $1 AND b.subscription_id = c.subscription_id AND b.charge_key = c.charge_key
          AND b.service_from = c.service_from AND b.service_to = c.service_to AND b.kind = c.kind AND c.kept_until = c.service_from
     )
     UPDATE billed_units b SET service_to = c.kept_until, amount = b.amount - c.credited
       FROM cut c
      WHERE b.organization_id = $1 AND b.subscription_id = c.subscription_id AND b.charge_key = c.charge_key
        AND b.service_from = c.service_from AND b.service_to = c.service_to AND b.kind = c.kind AND c.kept_until > c.service_from`,
    [
      organizationId,
      cuts.map((cut) => cut.subscriptionId),
      cuts.map((cut) => cut.chargeKey),
      cuts.map((cut) => cut.serviceFrom),
      cuts.map((cut) => cut.serviceTo),
      cuts.map((cut) => cut.kind),
      cuts.map((cut) => cut.keptUntil),
      cuts.map((cut) => cut.credited),
    ],
  );
}
