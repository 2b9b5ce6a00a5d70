import type { Transaction } from '#libs/database/transaction.ts';

/** Marks an invoice as voided by a credit note. A second one for the same invoice violates the primary key. */
export async function insertVoiding(
  tx: Transaction,
  voiding: {
    readonly organizationId: number;
    readonly invoiceId: string;
    readonly creditNoteId: string;
    readonly reason: string;
  },
): Promise<void> {
  await tx.query(
    'INSERT INTO invoice_voidings (organization_id, invoice_id, credit_note_id, reason) VALUES ($1, $2, $3, $4)',
    [voiding.organizationId, voiding.invoiceId, voiding.creditNoteId, voiding.reason],
  );
}
