import type { Transaction } from '#libs/database/transaction.ts';

/** Those of the keys that some plan has a charge with. */
export async function selectChargeKeys(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ key: string }>(
    'SELECT DISTINCT key FROM charges WHERE organization_id = $1 AND key = ANY($2::text[])',
    [organizationId, keys],
  );
  return new Set(rows.map(({ key }) => key));
}
