import type { Transaction } from '#libs/database/transaction.ts';

/** Only forward, and only of a test organization: the database refuses all else. */
export async function updateClockOffset(tx: Transaction, organizationId: number, seconds: number): Promise<void> {
  await tx.query('UPDATE organizations SET clock_offset_seconds = $2 WHERE id = $1', [organizationId, seconds]);
}
