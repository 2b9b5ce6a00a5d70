import type { Transaction } from '#libs/database/transaction.ts';
import type { Refund } from '../payment-schema.ts';

/** Under the lock on the invoice, after a look at what is left of the payment. False: the id is taken. */
export async function insertRefund(
  tx: Transaction,
  organizationId: number,
  { id, paymentId, amount, reason }: Omit<Refund, 'createdAt'>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO payment_refunds (organization_id, id, payment_id, amount, reason) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (organization_id, id) DO NOTHING`,
    [organizationId, id, paymentId, amount, reason],
  );
  return rowCount === 1;
}
