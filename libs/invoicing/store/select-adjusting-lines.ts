import type { Transaction } from '#libs/database/transaction.ts';

/** A line of a live invoice that adjusts something. The unit is null where it adjusts what was entered by hand. */
export interface AdjustingLine {
  readonly invoiceId: string;
  readonly of: string;
  readonly subscriptionId: string | null;
  readonly chargeKey: string | null;
  readonly serviceFrom: Date | null;
}

/** Where live invoices adjust these invoices, or services of these subscriptions that began at these instants; oldest first. */
export async function selectAdjustingLines(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
  units: readonly { readonly subscriptionId: string; readonly from: number }[],
): Promise<AdjustingLine[]> {
  const wanted = [...new Map(units.map((unit) => [`${unit.subscriptionId} ${unit.from}`, unit])).values()];
  const { rows } = await tx.query<AdjustingLine>(
    `SELECT l.invoice_id AS "invoiceId", l.of_invoice_id AS of, l.subscription_id AS "subscriptionId", l.charge_key AS "chargeKey",
            l.service_from AS "serviceFrom"
       FROM (SELECT l.* FROM invoice_lines l
              WHERE l.organization_id = $1 AND l.kind = 'adjustment' AND l.of_invoice_id = ANY($2::uuid[])
              UNION
             SELECT l.* FROM unnest($3::uuid[], $4::timestamptz[]) AS u (subscription_id, service_from)
               JOIN invoice_lines l ON l.organization_id = $1 AND l.subscription_id = u.subscription_id
                AND l.service_from = u.service_from AND l.kind = 'adjustment') AS l
       JOIN invoices i ON i.organization_id = l.organization_id AND i.id = l.invoice_id AND i.kind = 'invoice'
      WHERE NOT EXISTS (SELECT FROM invoice_voidings v WHERE v.organization_id = l.organization_id AND v.invoice_id = l.invoice_id)
      ORDER BY l.invoice_id, l.position`,
    [organizationId, invoiceIds, wanted.map((unit) => unit.subscriptionId), wanted.map((unit) => new Date(unit.from))],
  );
  return rows;
}
