import type { Transaction } from '#libs/database/transaction.ts';

/** Milliseconds by which the organization's clock is ahead of the log's; 0 but for test organizations. */
export async function selectClockOffset(tx: Transaction, organizationId: number): Promise<number> {
  const { rows } = await tx.query<{ clock_offset_seconds: number }>(
    'SELECT clock_offset_seconds FROM organizations WHERE id = $1',
    [organizationId],
  );
  return (rows[0]?.clock_offset_seconds ?? 0) * 1000;
}
