import type { Transaction } from '#libs/database/transaction.ts';

/** Ids of customers by key; those that there are. */
export async function selectCustomerIds(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ key: string; id: string }>(
    'SELECT key, id FROM customers WHERE organization_id = $1 AND key = ANY($2::text[])',
    [organizationId, keys],
  );
  return new Map(rows.map(({ key, id }) => [key, id]));
}
