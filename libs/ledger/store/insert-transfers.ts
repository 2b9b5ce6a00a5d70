import type { Transaction } from '#libs/database/transaction.ts';
import type { Transfer } from '../transfer.ts';

/** What the journal gives a transfer. */
export interface TransferPlace {
  readonly kind: string;
  readonly id: string;
  readonly position: string;
  readonly createdAt: Date;
}

/** In the order given, with the books locked. Leaves out those whose kind and id are taken: by another book, or the caller would know. */
export async function insertTransfers(
  tx: Transaction,
  organizationId: number,
  transfers: readonly Transfer[],
): Promise<TransferPlace[]> {
  const { rows } = await tx.query<TransferPlace>(
    `INSERT INTO ledger_transfers (organization_id, kind, id, customer_id, currency, document_id, reason)
     SELECT $1, t.kind, t.id, t.customer_id, t.currency, t.document_id, t.reason
       FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[]) WITH ORDINALITY
            AS t (kind, id, customer_id, currency, document_id, reason, place)
      ORDER BY t.place
     ON CONFLICT (organization_id, kind, id) DO NOTHING
     RETURNING kind, id, position, created_at AS "createdAt"`,
    [
      organizationId,
      transfers.map(({ kind }) => kind),
      transfers.map(({ id }) => id),
      transfers.map(({ customerId }) => customerId),
      transfers.map(({ currency }) => currency),
      transfers.map(({ documentId }) => documentId),
      transfers.map(({ reason }) => reason),
    ],
  );
  return rows;
}
