import type { Transaction } from '#libs/database/transaction.ts';

/** The newest active version of each of these plans. */
export async function selectCurrentPlanIds(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT DISTINCT ON (key) id FROM plans
      WHERE organization_id = $1 AND key = ANY($2::text[]) AND state = 'active'
      ORDER BY key, version DESC`,
    [organizationId, keys],
  );
  return rows.map(({ id }) => id);
}
