import type { Pool } from '#libs/database/pool.ts';

/** Under which a customer's tokens are made now; null: there is no such customer. One statement, so on a pool. */
export async function findTokenGeneration(
  pool: Pick<Pool, 'query'>,
  organizationId: number,
  customerId: string,
): Promise<number | null> {
  const { rows } = await pool.query<{ generation: number | null }>(
    'SELECT find_token_generation($1, $2) AS generation',
    [organizationId, customerId],
  );
  return rows[0]?.generation ?? null;
}
