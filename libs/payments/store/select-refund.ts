import type { Transaction } from '#libs/database/transaction.ts';
import type { Refund } from '../payment-schema.ts';

export async function selectRefund(tx: Transaction, organizationId: number, id: string): Promise<Refund | null> {
  const { rows } = await tx.query<Refund>(
    `SELECT id, payment_id AS "paymentId", amount, reason, created_at AS "createdAt"
       FROM payment_refunds WHERE organization_id = $1 AND id = $2`,
    [organizationId, id],
  );
  return rows[0] ?? null;
}
