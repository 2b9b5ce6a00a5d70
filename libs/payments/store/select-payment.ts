import type { Transaction } from '#libs/database/transaction.ts';
import type { Payment } from '../payment-schema.ts';
import { PAYMENT_SELECT } from './payment-select.ts';

export async function selectPayment(tx: Transaction, organizationId: number, id: string): Promise<Payment | null> {
  const { rows } = await tx.query<Payment>(`${PAYMENT_SELECT} WHERE p.organization_id = $1 AND p.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0] ?? null;
}
