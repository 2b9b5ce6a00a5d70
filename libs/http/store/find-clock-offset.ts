import type { Pool } from '#libs/database/pool.ts';

/** Milliseconds by which the organization's clock is ahead of the real time. One statement, before any transaction of it, so on a pool. */
export async function findClockOffset(pool: Pick<Pool, 'query'>, organizationId: number): Promise<number> {
  const { rows } = await pool.query<{ seconds: number | null }>('SELECT find_clock_offset($1) AS seconds', [
    organizationId,
  ]);
  return (rows[0]?.seconds ?? 0) * 1000;
}
