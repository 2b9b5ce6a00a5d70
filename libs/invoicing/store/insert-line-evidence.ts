import type { Transaction } from '#libs/database/transaction.ts';
import type { DocumentLine, InvoiceDocument } from '../documents/document.ts';

/** What metered lines were made from. */
export async function insertLineEvidence(
  tx: Transaction,
  organizationId: number,
  documents: readonly InvoiceDocument[],
): Promise<void> {
  const evidence = documents.flatMap((document) =>
    document.lines.flatMap((line) =>
      line.evidence ? [{ invoiceId: document.id, position: line.position, ...withEvidence(line) }] : [],
    ),
  );
  if (evidence.length === 0) return;
  await tx.query(
    `INSERT INTO invoice_line_evidence (organization_id, invoice_id, position, meter_id, quantity, event_count, digest)
     SELECT $1, e.*
       FROM unnest($2::uuid[], $3::integer[], $4::integer[], $5::numeric[], $6::bigint[], $7::numeric[]) AS e`,
    [
      organizationId,
      evidence.map((row) => row.invoiceId),
      evidence.map((row) => row.position),
      evidence.map((row) => row.meter_id),
      evidence.map((row) => row.quantity),
      evidence.map((row) => row.event_count),
      evidence.map((row) => row.digest),
    ],
  );
}

const withEvidence = (line: DocumentLine) => line.evidence as NonNullable<DocumentLine['evidence']>;
