import { buyerKey } from '#libs/invoicing/documents/buyer-key.ts';
import type { DocumentLine } from '#libs/invoicing/documents/document.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { Big } from '#libs/money/decimal.ts';
import type { CsvColumn } from './csv-rows.ts';

/** One line of a document of an export. */
export interface LineExport {
  readonly invoice: StoredInvoice;
  readonly line: DocumentLine;
  readonly cursor: string;
}

/** A line of NDJSON: the document's names, and the line as it was hashed. */
export const lineJson = ({ invoice, line, cursor }: LineExport) => ({
  document_id: invoice.id,
  document_kind: invoice.kind,
  document_number: invoice.number,
  document_state: invoice.state,
  customer: buyerKey(invoice.document),
  issue_date: invoice.document.issue_date,
  currency: invoice.document.currency,
  ...line,
  tax: taxOf(line),
  cursor,
});

export const LINE_COLUMNS: readonly CsvColumn<LineExport>[] = [
  { name: 'document_id', of: ({ invoice }) => invoice.id },
  { name: 'document_kind', of: ({ invoice }) => invoice.kind },
  { name: 'document_number', of: ({ invoice }) => invoice.number, text: true },
  { name: 'document_state', of: ({ invoice }) => invoice.state },
  { name: 'customer', of: ({ invoice }) => buyerKey(invoice.document), text: true },
  { name: 'issue_date', of: ({ invoice }) => invoice.document.issue_date },
  { name: 'currency', of: ({ invoice }) => invoice.document.currency },
  { name: 'position', of: ({ line }) => line.position },
  { name: 'kind', of: ({ line }) => line.kind },
  { name: 'adjusts', of: ({ line }) => line.adjusts },
  { name: 'of_number', of: ({ line }) => line.of?.number, text: true },
  { name: 'of_position', of: ({ line }) => line.of?.position },
  { name: 'charge_key', of: ({ line }) => line.charge_key, text: true },
  { name: 'subscription_id', of: ({ line }) => line.subscription_id },
  { name: 'description', of: ({ line }) => line.description, text: true },
  { name: 'group', of: ({ line }) => line.group && JSON.stringify(line.group) },
  { name: 'service_from', of: ({ line }) => line.service_from },
  { name: 'service_to', of: ({ line }) => line.service_to },
  { name: 'quantity', of: ({ line }) => line.quantity },
  { name: 'amount', of: ({ line }) => line.amount },
  { name: 'discount', of: ({ line }) => line.discount },
  { name: 'net', of: ({ line }) => line.net },
  { name: 'tax', of: ({ line }) => taxOf(line) },
  { name: 'meter', of: ({ line }) => line.evidence?.meter, text: true },
  { name: 'event_count', of: ({ line }) => line.evidence?.event_count },
  { name: 'priced_by_version', of: ({ line }) => line.priced_by?.version },
  { name: 'cursor', of: ({ cursor }) => cursor },
];

/** Its share of all taxes of the document, contained ones too. */
const taxOf = ({ taxes, amount }: DocumentLine): string => {
  const digits = amount.split('.')[1]?.length ?? 0;
  return taxes.reduce((sum, tax) => sum.plus(tax.amount), new Big('0')).toFixed(digits);
};
