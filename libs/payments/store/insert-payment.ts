import type { Transaction } from '#libs/database/transaction.ts';
import type { PaymentInput } from '../payment-schema.ts';

/** Under the lock on the invoice, after a look at what is left to pay. False: the id is taken. */
export async function insertPayment(
  tx: Transaction,
  organizationId: number,
  payment: PaymentInput & { readonly id: string; readonly customerId: string; readonly credited: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO payments (organization_id, id, invoice_id, customer_id, currency, amount, overpayment, credited, received_on, method, reference)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (organization_id, id) DO NOTHING`,
    [
      organizationId,
      payment.id,
      payment.invoice,
      payment.customerId,
      payment.currency,
      payment.amount,
      payment.overpayment ?? null,
      payment.credited,
      payment.received_on,
      payment.method,
      payment.reference ?? null,
    ],
  );
  return rowCount === 1;
}
