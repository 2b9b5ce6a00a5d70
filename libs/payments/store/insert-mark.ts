import type { Transaction } from '#libs/database/transaction.ts';
import type { UncollectibleMark } from './select-marks.ts';

/** Under the lock on the invoice. A second one with the same number violates the primary key. */
export async function insertMark(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  { number, uncollectible, reason }: Omit<UncollectibleMark, 'markedAt'>,
): Promise<void> {
  await tx.query(
    'INSERT INTO uncollectible_marks (organization_id, invoice_id, number, uncollectible, reason) VALUES ($1, $2, $3, $4, $5)',
    [organizationId, invoiceId, number, uncollectible, reason],
  );
}
