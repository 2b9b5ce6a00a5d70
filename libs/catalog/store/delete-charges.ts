import type { Transaction } from '#libs/database/transaction.ts';

/** Takes away the charges of a draft. */
export async function deleteCharges(tx: Transaction, organizationId: number, planId: string): Promise<void> {
  await tx.query('DELETE FROM charges WHERE organization_id = $1 AND plan_id = $2', [organizationId, planId]);
}
