import type { Transaction } from '#libs/database/transaction.ts';
import type { DocumentLine, InvoiceDocument } from '../documents/document.ts';

/** A line of a document that stood when another was finalized. */
export interface LineBefore {
  readonly documentId: string;
  readonly number: string;
  readonly kind: InvoiceDocument['kind'];
  /** On a credit note: whether it follows newer usage. */
  readonly isLate: boolean;
  readonly line: DocumentLine;
}

/** What the lines of an earlier document have in common with those that adjust them. */
export interface LinesWanted {
  readonly subscriptionId: string | null;
  readonly chargeKey: string | null;
  readonly serviceFrom: string | null;
  /** And all lines of this document, or that adjust it or take it back. */
  readonly ofInvoiceId: string;
}

/** Lines of the same customer's documents that stood and were not voided when a document was finalized, oldest first. */
export async function selectBilledBefore(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  wanted: LinesWanted,
): Promise<LineBefore[]> {
  const { rows } = await tx.query<LineBefore>(
    `SELECT i.id AS "documentId", i.number, i.kind, coalesce((i.document #> '{corrects,late}')::boolean, false) AS "isLate",
            i.document -> 'lines' -> (l.position - 1) AS line
       FROM invoices d
       JOIN invoices i ON i.organization_id = d.organization_id AND i.customer_id = d.customer_id AND i.finalized_at < d.finalized_at
       JOIN invoice_lines l ON l.organization_id = i.organization_id AND l.invoice_id = i.id
      WHERE d.organization_id = $1 AND d.id = $2
        AND ((l.subscription_id = $3 AND l.charge_key = $4 AND l.service_from = $5) OR i.id = $6 OR l.of_invoice_id = $6)
        AND NOT EXISTS (SELECT FROM invoice_voidings v
                         WHERE v.organization_id = i.organization_id AND v.invoice_id = i.id AND v.voided_at <= d.finalized_at)
      ORDER BY i.finalized_at, i.id, l.position`,
    [organizationId, invoiceId, wanted.subscriptionId, wanted.chargeKey, wanted.serviceFrom, wanted.ofInvoiceId],
  );
  return rows;
}
