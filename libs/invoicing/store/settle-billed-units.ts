import type { Transaction } from '#libs/database/transaction.ts';
import { unitKeyText } from '../due/due-unit.ts';
import type { SettledUnit } from '../late/late-document.ts';

/** Notes locked units as seen anew, those that still are what they were; tells which, as unitKeyText. */
export async function settleBilledUnits(
  tx: Transaction,
  organizationId: number,
  units: readonly SettledUnit[],
): Promise<ReadonlySet<string>> {
  if (units.length === 0) return new Set();
  const { rows } = await tx.query<{ position: number }>(
    `UPDATE billed_units b SET usage_digest = u.now_digest, usage_events = u.now_events, amount = u.now_amount
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::uuid[], $8::numeric[], $9::bigint[],
                   $10::numeric[], $11::numeric[], $12::bigint[], $13::numeric[])
            WITH ORDINALITY AS u (subscription_id, charge_key, service_from, service_to, kind, invoice_id, was_digest, was_events,
                                  was_amount, now_digest, now_events, now_amount, position)
      WHERE b.organization_id = $1 AND b.subscription_id = u.subscription_id AND b.charge_key = u.charge_key
        AND b.service_from = u.service_from AND b.service_to = u.service_to AND b.kind = u.kind AND b.invoice_id = u.invoice_id
        AND b.usage_digest IS NOT DISTINCT FROM u.was_digest AND b.usage_events IS NOT DISTINCT FROM u.was_events
        AND b.amount = u.was_amount
      RETURNING u.position::integer AS position`,
    [
      organizationId,
      units.map((unit) => unit.subscriptionId),
      units.map((unit) => unit.chargeKey),
      units.map((unit) => unit.serviceFrom),
      units.map((unit) => unit.serviceTo),
      units.map((unit) => unit.kind),
      units.map((unit) => unit.invoiceId),
      units.map(({ was }) => was.seen?.digest ?? null),
      units.map(({ was }) => was.seen?.events ?? null),
      units.map(({ was }) => was.amount),
      units.map(({ now }) => now.seen?.digest ?? null),
      units.map(({ now }) => now.seen?.events ?? null),
      units.map(({ now }) => now.amount),
    ],
  );
  return new Set(rows.map(({ position }) => unitKeyText(units[position - 1] as SettledUnit)));
}
