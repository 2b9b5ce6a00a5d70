import type { Transaction } from '#libs/database/transaction.ts';

/** From the commit on, no token that was made before counts. False: there is no such customer, or it was erased and has no tokens. */
export async function raiseTokenGeneration(tx: Transaction, organizationId: number, key: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'UPDATE customers SET token_generation = token_generation + 1 WHERE organization_id = $1 AND key = $2 AND erased_at IS NULL',
    [organizationId, key],
  );
  return rowCount === 1;
}
