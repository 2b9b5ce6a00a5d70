import type { Transaction } from '#libs/database/transaction.ts';
import { sortedUnits, type UnitKey, unitKeyText } from '../due/due-unit.ts';

/** A unit with the invoice on which it should stand; null where that was skipped. */
export interface StandingUnit extends UnitKey {
  readonly invoiceId: string | null;
}

/** Locks those of these units that still stand on the invoices named, in their order; tells which, as unitKeyText. */
export async function lockBilledUnits(
  tx: Transaction,
  organizationId: number,
  units: readonly StandingUnit[],
): Promise<ReadonlySet<string>> {
  if (units.length === 0) return new Set();
  const sorted = sortedUnits(units);
  const { rows } = await tx.query<{ position: number }>(
    `SELECT u.position::integer AS position
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::uuid[])
            WITH ORDINALITY AS u (subscription_id, charge_key, service_from, service_to, kind, invoice_id, position)
       JOIN billed_units b USING (subscription_id, charge_key, service_from, service_to, kind)
      WHERE b.organization_id = $1 AND b.invoice_id IS NOT DISTINCT FROM u.invoice_id
      ORDER BY u.position
        FOR UPDATE OF b`,
    [
      organizationId,
      sorted.map((unit) => unit.subscriptionId),
      sorted.map((unit) => unit.chargeKey),
      sorted.map((unit) => unit.serviceFrom),
      sorted.map((unit) => unit.serviceTo),
      sorted.map((unit) => unit.kind),
      sorted.map((unit) => unit.invoiceId),
    ],
  );
  return new Set(rows.map(({ position }) => unitKeyText(sorted[position - 1] as StandingUnit)));
}
