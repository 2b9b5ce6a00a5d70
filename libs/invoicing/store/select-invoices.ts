import type { Transaction } from '#libs/database/transaction.ts';
import { INVOICE_FROM, type InvoiceRow, type StoredInvoice, toStoredInvoice } from './invoice-row.ts';
import { type PaymentFilter, selectIdsByPayment } from './select-ids-by-payment.ts';

export interface InvoiceFilter {
  readonly organizationId: number;
  readonly kind?: 'invoice' | 'credit_note' | undefined;
  readonly customerId?: string | undefined;
  readonly billingRunId?: string | undefined;
  /** Only invoices whose payment has this status on the seller's day; see libs/payments/payment-state.ts. */
  readonly payment?: PaymentFilter | undefined;
  /** Last id of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Documents, newest first; of those whose payment stands in a way see selectIdsByPayment. */
export async function selectInvoices(tx: Transaction, filter: InvoiceFilter): Promise<StoredInvoice[]> {
  const ids = filter.payment && (await selectIdsByPayment(tx, { ...filter, ...filter.payment }));
  const { rows } = await tx.query<InvoiceRow>(
    `${INVOICE_FROM}
      WHERE i.organization_id = $1
        AND ($2::text IS NULL OR i.kind = $2) AND ($3::uuid IS NULL OR i.customer_id = $3)
        AND ($4::uuid IS NULL OR i.billing_run_id = $4) AND ($5::uuid IS NULL OR i.id < $5)
        AND ($6::uuid[] IS NULL OR i.id = ANY($6))
      ORDER BY ${ids ? 'array_position($6::uuid[], i.id)' : 'i.id DESC'} LIMIT $7`,
    [
      filter.organizationId,
      filter.kind ?? null,
      filter.customerId ?? null,
      filter.billingRunId ?? null,
      // Ids found by payment are behind it already, in their own order.
      ids ? null : (filter.after ?? null),
      ids ?? null,
      filter.limit,
    ],
  );
  return rows.map(toStoredInvoice);
}
