import type { Transaction } from '#libs/database/transaction.ts';

/** @returns whether there was such a key that was not revoked yet. */
export async function revokeApiKey(tx: Transaction, organizationId: number, id: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    'UPDATE api_keys SET revoked_at = $3 WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL',
    [organizationId, id, at],
  );
  return rowCount === 1;
}
