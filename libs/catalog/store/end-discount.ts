import type { Transaction } from '#libs/database/transaction.ts';

/** From a local day on it applies no more; one that had not begun never does. Tells whether it was running. */
export async function endDiscount(tx: Transaction, organizationId: number, id: string, day: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'UPDATE discounts SET ends_on = greatest(starts_on, $3::date) WHERE organization_id = $1 AND id = $2 AND ends_on IS NULL',
    [organizationId, id, day],
  );
  return rowCount === 1;
}
