import type { Transaction } from '#libs/database/transaction.ts';
import { sortedUnits, type UnitToBill, unitKeyText } from '../due-unit.ts';

/** Units and the document that is to bill them. */
export interface UnitsOfDocument {
  readonly invoiceId: string;
  readonly units: readonly UnitToBill[];
}

/**
 * Takes units for documents and answers how many each one got. A unit of which a day stands on another live document is not taken; one that
 * a concurrent transaction is taking is waited for. Sorted over all documents, so that two of these never dead-lock.
 */
export async function insertBilledUnits(
  tx: Transaction,
  organizationId: number,
  documents: readonly UnitsOfDocument[],
): Promise<Map<string, number>> {
  const invoiceByUnit = new Map(
    documents.flatMap(({ invoiceId, units }) => units.map((unit) => [unitKeyText(unit), invoiceId] as const)),
  );
  const units = sortedUnits(documents.flatMap((document) => document.units));
  const { rows } = await tx.query<{ invoice_id: string }>(
    `INSERT INTO billed_units (organization_id, subscription_id, charge_key, service_from, service_to, kind, invoice_id, amount, change_id)
     SELECT $1, u.subscription_id, u.charge_key, u.service_from, u.service_to, u.kind, u.invoice_id, u.amount, u.change_id
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::uuid[], $8::numeric[], $9::uuid[])
            WITH ORDINALITY AS u (subscription_id, charge_key, service_from, service_to, kind, invoice_id, amount, change_id, position)
      ORDER BY u.position
     ON CONFLICT DO NOTHING
     RETURNING invoice_id`,
    [
      organizationId,
      units.map((unit) => unit.subscriptionId),
      units.map((unit) => unit.chargeKey),
      units.map((unit) => unit.serviceFrom),
      units.map((unit) => unit.serviceTo),
      units.map((unit) => unit.kind),
      units.map((unit) => invoiceByUnit.get(unitKeyText(unit))),
      units.map((unit) => unit.amount),
      units.map((unit) => unit.changeId),
    ],
  );
  const taken = new Map(documents.map(({ invoiceId }) => [invoiceId, 0]));
  for (const { invoice_id } of rows) taken.set(invoice_id, (taken.get(invoice_id) ?? 0) + 1);
  return taken;
}
