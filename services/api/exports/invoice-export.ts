import { buyerKey } from '#libs/invoicing/documents/buyer-key.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { presentSummary } from '../present-document.ts';
import type { CsvColumn } from './csv-rows.ts';

/** One document of an export. */
export interface InvoiceExport {
  readonly organizationId: number;
  readonly invoice: StoredInvoice;
  readonly cursor: string;
}

/** A line of NDJSON: what the API shows of the document, and the document as it was hashed. */
export const invoiceJson = ({ organizationId, invoice, cursor }: InvoiceExport) => ({
  ...withoutPayment(presentSummary(invoice, undefined)),
  organization: organizationId,
  hash: invoice.hash.toString('hex'),
  previous_hash: invoice.previousHash.toString('hex'),
  document: invoice.document,
  cursor,
});

/** How it stands with its payment changes; an export says what does not. */
const withoutPayment = ({ payment: _payment, ...rest }: ReturnType<typeof presentSummary>) => rest;

export const INVOICE_COLUMNS: readonly CsvColumn<InvoiceExport>[] = [
  { name: 'id', of: ({ invoice }) => invoice.id },
  { name: 'kind', of: ({ invoice }) => invoice.kind },
  { name: 'number', of: ({ invoice }) => invoice.number, text: true },
  { name: 'state', of: ({ invoice }) => invoice.state },
  { name: 'customer', of: ({ invoice }) => buyerKey(invoice.document), text: true },
  { name: 'issue_date', of: ({ invoice: { document } }) => document.issue_date },
  { name: 'due_date', of: ({ invoice: { document } }) => document.due_date },
  { name: 'currency', of: ({ invoice: { document } }) => document.currency },
  { name: 'period_from', of: ({ invoice: { document } }) => document.period?.from },
  { name: 'period_to', of: ({ invoice: { document } }) => document.period?.to },
  { name: 'subtotal', of: ({ invoice: { document } }) => document.subtotal },
  { name: 'discount_total', of: ({ invoice: { document } }) => document.discount_total },
  { name: 'total_excluding_tax', of: ({ invoice: { document } }) => document.total_excluding_tax },
  { name: 'tax_total', of: ({ invoice: { document } }) => document.tax_total },
  { name: 'total', of: ({ invoice: { document } }) => document.total },
  { name: 'credit_applied', of: ({ invoice: { document } }) => document.credit_applied },
  { name: 'prepaid_applied', of: ({ invoice: { document } }) => document.prepaid_applied },
  { name: 'amount_due', of: ({ invoice: { document } }) => document.amount_due },
  { name: 'corrects', of: ({ invoice: { document } }) => document.corrects?.number, text: true },
  { name: 'replaces', of: ({ invoice: { document } }) => document.replaces?.number, text: true },
  { name: 'voided_by', of: ({ invoice }) => invoice.voided?.creditNote.number, text: true },
  { name: 'finalized_at', of: ({ invoice }) => invoice.finalizedAt.toISOString() },
  { name: 'hash', of: ({ invoice }) => invoice.hash.toString('hex') },
  { name: 'cursor', of: ({ cursor }) => cursor },
];
