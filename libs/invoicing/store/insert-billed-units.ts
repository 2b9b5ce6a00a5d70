import type { Transaction } from '#libs/database/transaction.ts';
import { sortedUnits, type UnitToBill } from '../due/due-unit.ts';

/** A unit with the document that bills it; null when it is not made, since all its lines would be zero. */
export interface PlacedUnit extends UnitToBill {
  readonly invoiceId: string | null;
}

/** Notes units of locked subscriptions as billed. Fails where a day of one stands already: the caller has looked (selectBilledUnits). */
export async function insertBilledUnits(
  tx: Transaction,
  organizationId: number,
  placed: readonly PlacedUnit[],
): Promise<void> {
  if (placed.length === 0) return;
  const units = sortedUnits(placed);
  await tx.query(
    `INSERT INTO billed_units (organization_id, subscription_id, charge_key, service_from, service_to, kind, invoice_id, amount, change_id,
                               usage_digest, usage_events, priced_by)
     SELECT $1, u.*
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::uuid[], $8::numeric[], $9::uuid[],
                   $10::numeric[], $11::bigint[], $12::uuid[]) AS u`,
    [
      organizationId,
      units.map((unit) => unit.subscriptionId),
      units.map((unit) => unit.chargeKey),
      units.map((unit) => unit.serviceFrom),
      units.map((unit) => unit.serviceTo),
      units.map((unit) => unit.kind),
      units.map((unit) => unit.invoiceId),
      units.map((unit) => unit.amount),
      units.map((unit) => unit.changeId),
      units.map((unit) => unit.seen?.digest ?? null),
      units.map((unit) => unit.seen?.events ?? null),
      units.map((unit) => unit.pricedBy ?? null),
    ],
  );
}
