import type { Transaction } from '#libs/database/transaction.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/** The lines of documents, for queries. */
export async function insertInvoiceLines(
  tx: Transaction,
  organizationId: number,
  documents: readonly InvoiceDocument[],
): Promise<void> {
  const lines = documents.flatMap((document) => document.lines.map((line) => ({ invoiceId: document.id, ...line })));
  await tx.query(
    `INSERT INTO invoice_lines (organization_id, invoice_id, position, subscription_id, charge_key, kind, description,
                                service_from, service_to, quantity, amount, discount, net, of_invoice_id,
                                meter_id, usage_quantity, event_count, digest)
     SELECT $1, l.*
       FROM unnest($2::uuid[], $3::integer[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                   $8::timestamptz[], $9::timestamptz[], $10::numeric[], $11::numeric[], $12::numeric[],
                   $13::numeric[], $14::uuid[], $15::integer[], $16::numeric[], $17::bigint[], $18::numeric[]) AS l`,
    [
      organizationId,
      lines.map((line) => line.invoiceId),
      lines.map((line) => line.position),
      lines.map((line) => line.subscription_id ?? null),
      lines.map((line) => line.charge_key ?? null),
      lines.map((line) => line.kind),
      lines.map((line) => line.description),
      lines.map((line) => line.service_from ?? null),
      lines.map((line) => line.service_to ?? null),
      lines.map((line) => line.quantity),
      lines.map((line) => line.amount),
      lines.map((line) => line.discount),
      lines.map((line) => line.net),
      lines.map((line) => line.of?.id ?? null),
      lines.map((line) => line.evidence?.meter_id ?? null),
      lines.map((line) => line.evidence?.quantity ?? null),
      lines.map((line) => line.evidence?.event_count ?? null),
      lines.map((line) => line.evidence?.digest ?? null),
    ],
  );
}
