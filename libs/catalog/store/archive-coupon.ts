import type { Transaction } from '#libs/database/transaction.ts';

export async function archiveCoupon(tx: Transaction, organizationId: number, id: string, at: Date): Promise<void> {
  await tx.query('UPDATE coupons SET archived_at = $3 WHERE organization_id = $1 AND id = $2 AND archived_at IS NULL', [
    organizationId,
    id,
    at,
  ]);
}
