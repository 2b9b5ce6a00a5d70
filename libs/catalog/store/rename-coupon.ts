import type { Transaction } from '#libs/database/transaction.ts';

export async function renameCoupon(tx: Transaction, organizationId: number, id: string, name: string): Promise<void> {
  await tx.query('UPDATE coupons SET name = $3 WHERE organization_id = $1 AND id = $2', [organizationId, id, name]);
}
