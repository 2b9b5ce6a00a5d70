import type { Transaction } from '#libs/database/transaction.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/** A metered line of a finalized document. */
export interface CoveringLine {
  readonly documentId: string;
  readonly number: string;
  readonly kind: InvoiceDocument['kind'];
  readonly voided: boolean;
  readonly position: number;
  /** It bills only what its meter counted more than earlier lines had. */
  readonly isAdjustment: boolean;
  readonly chargeKey: string;
  readonly subscriptionId: string;
  readonly meter: string;
  readonly serviceFrom: Date;
  readonly serviceTo: Date;
  readonly watermark: InvoiceDocument['watermark'];
}

/** The lines of a customer that bill one of the meters in a period around an instant, of that subscription if one is named. */
export async function selectLinesCovering(
  tx: Transaction,
  organizationId: number,
  wanted: {
    readonly customerKey: string;
    readonly meters: readonly string[];
    readonly at: Date;
    /** '': of any. */
    readonly subscription: string;
  },
): Promise<CoveringLine[]> {
  const { rows } = await tx.query<CoveringLine>(
    `SELECT i.id AS "documentId", i.number, i.kind, l.position, l.kind = 'adjustment' AS "isAdjustment", l.charge_key AS "chargeKey", l.subscription_id AS "subscriptionId",
            m.key AS meter, l.service_from AS "serviceFrom", l.service_to AS "serviceTo", i.document -> 'watermark' AS watermark,
            EXISTS (SELECT FROM invoice_voidings v WHERE v.organization_id = i.organization_id AND v.invoice_id = i.id) AS voided
       FROM customers c
       JOIN invoices i ON i.organization_id = c.organization_id AND i.customer_id = c.id
       JOIN invoice_lines l ON l.organization_id = i.organization_id AND l.invoice_id = i.id
       JOIN meters m ON m.organization_id = l.organization_id AND m.id = l.meter_id
      WHERE c.organization_id = $1 AND c.key = $2 AND m.key = ANY($3::text[])
        AND l.service_from <= $4 AND l.service_to > $4 AND ($5 = '' OR l.subscription_id::text = $5)
      ORDER BY i.finalized_at, i.id, l.position`,
    [organizationId, wanted.customerKey, wanted.meters, wanted.at, wanted.subscription],
  );
  return rows;
}
