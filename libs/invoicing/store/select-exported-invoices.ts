import type { Transaction } from '#libs/database/transaction.ts';
import { INVOICE_FROM, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-row.ts';

/** Place of a document among all: its series, then the order of the chain. */
export type ExportPosition = readonly [series: string, issueDate: string, number: number];

export interface ExportFilter {
  readonly kind?: 'invoice' | 'credit_note' | undefined;
  readonly customerId?: string | undefined;
  readonly id?: string | undefined;
  /** Dates of issue, both inclusive. */
  readonly issuedFrom?: string | undefined;
  readonly issuedTo?: string | undefined;
  readonly after?: ExportPosition | undefined;
}

/** Documents in the order of their series and chains. */
export async function selectExportedInvoices(
  tx: Transaction,
  organizationId: number,
  filter: ExportFilter,
  limit: number,
): Promise<StoredInvoice[]> {
  const [series = null, issueDate = null, number = null] = filter.after ?? [];
  const { rows } = await tx.query<InvoiceRow>(
    `${INVOICE_FROM}
      WHERE i.organization_id = $1
        AND ($2::text IS NULL OR (i.series, i.issue_date, i.series_number) > ($2, $3::date, $4::bigint))
        AND ($5::text IS NULL OR i.kind = $5) AND ($6::uuid IS NULL OR i.customer_id = $6) AND ($7::uuid IS NULL OR i.id = $7)
        AND ($8::date IS NULL OR i.issue_date >= $8) AND ($9::date IS NULL OR i.issue_date <= $9)
      ORDER BY i.series, i.issue_date, i.series_number LIMIT $10`,
    [
      organizationId,
      series,
      issueDate,
      number,
      filter.kind ?? null,
      filter.customerId ?? null,
      filter.id ?? null,
      filter.issuedFrom ?? null,
      filter.issuedTo ?? null,
      limit,
    ],
  );
  return rows.map(toStoredInvoice);
}
