import type { Transaction } from '#libs/database/transaction.ts';
import { sum } from '#libs/money/sum.ts';
import { canonicalDocument } from '../chain/canonical-document.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/** A finalized document with its place in the chain. */
export interface IssuedDocument {
  readonly customerId: string;
  readonly document: InvoiceDocument;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** Never within JSON, which escapes it. An array of documents would have each of their quotation marks escaped and read again. */
const BETWEEN = '\u0001';

/** Stores documents; they are final from here on. The columns repeat what the document says, for queries. */
export async function insertInvoices(
  tx: Transaction,
  organizationId: number,
  issued: readonly IssuedDocument[],
  billingRunId: string | null,
): Promise<void> {
  const documents = issued.map(({ document }) => document);
  await tx.query(
    `INSERT INTO invoices (organization_id, billing_run_id, id, kind, customer_id, series, series_number, number, issue_date,
                           due_date, currency, subtotal, tax_total, total, amount_due, offset_amount, document, previous_hash,
                           hash, corrects_id, replaces_id)
     SELECT $1, $2, d.*
       FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::text[], $9::date[],
                   $10::date[], $11::text[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[], $16::numeric[],
                   string_to_array($17, E'\\x01')::jsonb[], $18::bytea[], $19::bytea[], $20::uuid[], $21::uuid[]) AS d`,
    [
      organizationId,
      billingRunId,
      documents.map((document) => document.id),
      documents.map((document) => document.kind),
      issued.map(({ customerId }) => customerId),
      documents.map((document) => document.series),
      documents.map((document) => document.series_number),
      documents.map((document) => document.number),
      documents.map((document) => document.issue_date),
      documents.map((document) => document.due_date),
      documents.map((document) => document.currency),
      documents.map((document) => document.subtotal),
      documents.map((document) => document.tax_total),
      documents.map((document) => document.total),
      documents.map((document) => document.amount_due),
      documents.map(({ settlement }) => (settlement ? sum([settlement.offset, settlement.refund]).toFixed() : '0')),
      documents.map((document) => canonicalDocument(document)).join(BETWEEN),
      issued.map(({ previousHash }) => previousHash),
      issued.map(({ hash }) => hash),
      documents.map((document) => document.corrects?.id ?? null),
      documents.map((document) => document.replaces?.id ?? null),
    ],
  );
}
