import type { Transaction } from '#libs/database/transaction.ts';
import { sortedUnits, type UnitKey, unitKeyText } from '../due-unit.ts';

/** Locks those of these units that still stand on a live document as they are named, in their order; tells which, as unitKeyText. */
export async function lockBilledUnits(
  tx: Transaction,
  organizationId: number,
  keys: readonly UnitKey[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const sorted = sortedUnits(keys);
  const { rows } = await tx.query<{ position: number }>(
    `SELECT u.position::integer AS position
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[])
            WITH ORDINALITY AS u (subscription_id, charge_key, service_from, service_to, kind, position)
       JOIN billed_units b USING (subscription_id, charge_key, service_from, service_to, kind)
      WHERE b.organization_id = $1
      ORDER BY u.position
        FOR UPDATE OF b`,
    [
      organizationId,
      sorted.map((key) => key.subscriptionId),
      sorted.map((key) => key.chargeKey),
      sorted.map((key) => key.serviceFrom),
      sorted.map((key) => key.serviceTo),
      sorted.map((key) => key.kind),
    ],
  );
  return new Set(rows.map(({ position }) => unitKeyText(sorted[position - 1] as UnitKey)));
}
