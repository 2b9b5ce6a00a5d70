import type { Transaction } from '#libs/database/transaction.ts';
import { sortedUnits, type UnitKey, type UnitToBill } from '../due/due-unit.ts';

/** Units and the document that is to bill them. */
export interface UnitsOfDocument {
  readonly id: string;
  /** Null when the document is not made, since all its lines would be zero. */
  readonly invoiceId: string | null;
  readonly units: readonly UnitToBill[];
}

/**
 * Takes units of locked subscriptions for documents and answers how many each one got, by id. A unit of which a day stands on another live
 * document is not taken. What a concurrent transaction was taking was waited for with the lock.
 */
export async function insertBilledUnits(
  tx: Transaction,
  organizationId: number,
  documents: readonly UnitsOfDocument[],
): Promise<Map<string, number>> {
  const taken = new Map(documents.map(({ id }) => [id, 0]));
  const documentOf = new Map(
    documents.flatMap((document) => document.units.map((unit) => [startText(unit), document])),
  );
  const units = sortedUnits(documents.flatMap((document) => document.units));
  const { rows } = await tx.query<TakenRow>(
    `INSERT INTO billed_units (organization_id, subscription_id, charge_key, service_from, service_to, kind, invoice_id, amount, change_id,
                               usage_digest, usage_events, priced_by)
     SELECT $1, u.subscription_id, u.charge_key, u.service_from, u.service_to, u.kind, u.invoice_id, u.amount, u.change_id,
            u.usage_digest, u.usage_events, u.priced_by
       FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::uuid[], $8::numeric[], $9::uuid[],
                   $10::numeric[], $11::bigint[], $12::uuid[])
            WITH ORDINALITY AS u (subscription_id, charge_key, service_from, service_to, kind, invoice_id, amount, change_id, usage_digest,
                                  usage_events, priced_by, position)
       LEFT JOIN LATERAL (
         SELECT true AS is_billed
           FROM billed_units b
          WHERE b.organization_id = $1 AND b.subscription_id = u.subscription_id AND b.charge_key = u.charge_key AND b.kind = u.kind
            AND b.service_from < u.service_to AND b.service_to > u.service_from
          LIMIT 1) AS other ON true
      WHERE other.is_billed IS NULL
      ORDER BY u.position
     ON CONFLICT DO NOTHING
     RETURNING subscription_id AS "subscriptionId", charge_key AS "chargeKey", kind, service_from AS "serviceFrom"`,
    [
      organizationId,
      units.map((unit) => unit.subscriptionId),
      units.map((unit) => unit.chargeKey),
      units.map((unit) => unit.serviceFrom),
      units.map((unit) => unit.serviceTo),
      units.map((unit) => unit.kind),
      units.map((unit) => documentOf.get(startText(unit))?.invoiceId ?? null),
      units.map((unit) => unit.amount),
      units.map((unit) => unit.changeId),
      units.map((unit) => unit.seen?.digest ?? null),
      units.map((unit) => unit.seen?.events ?? null),
      units.map((unit) => unit.pricedBy ?? null),
    ],
  );
  for (const row of rows) {
    const id = documentOf.get(startText({ ...row, serviceFrom: row.serviceFrom.toISOString() }))?.id as string;
    taken.set(id, (taken.get(id) as number) + 1);
  }
  return taken;
}

type TakenRow = Pick<UnitKey, 'subscriptionId' | 'chargeKey' | 'kind'> & { readonly serviceFrom: Date };

/** Units do not overlap, so their beginning tells them apart. */
const startText = (unit: Omit<UnitKey, 'serviceTo'>): string =>
  [unit.subscriptionId, unit.chargeKey, unit.kind, Date.parse(unit.serviceFrom)].join('\0');
