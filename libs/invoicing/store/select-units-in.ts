import type { Transaction } from '#libs/database/transaction.ts';

/** A unit that counts towards a commitment. */
export interface CountedUnit {
  readonly invoiceId: string;
  readonly number: string;
  readonly chargeKey: string;
  readonly kind: string;
  readonly serviceFrom: Date;
  readonly serviceTo: Date;
  /** On its lines, less what was credited. */
  readonly amount: string;
}

/** What live documents bill of a subscription for services that end in a period, as selectCharged sums it up. */
export async function selectUnitsIn(
  tx: Transaction,
  organizationId: number,
  wanted: { readonly subscriptionId: string; readonly from: string; readonly to: string },
): Promise<CountedUnit[]> {
  const { rows } = await tx.query<CountedUnit>(
    `SELECT b.invoice_id AS "invoiceId", i.number, b.charge_key AS "chargeKey", b.kind, b.service_from AS "serviceFrom",
            b.service_to AS "serviceTo", b.amount::text AS amount
       FROM billed_units b JOIN invoices i ON i.organization_id = b.organization_id AND i.id = b.invoice_id
      WHERE b.organization_id = $1 AND b.subscription_id = $2 AND b.kind <> 'commitment'
        AND b.service_to > $3 AND b.service_to <= $4
      ORDER BY b.service_from, b.charge_key, b.kind`,
    [organizationId, wanted.subscriptionId, wanted.from, wanted.to],
  );
  return rows;
}
