import type { Transaction } from '#libs/database/transaction.ts';

/** Test organizations whose clock was moved, and by how many milliseconds it is ahead. */
export async function selectMovedClocks(tx: Transaction): Promise<Map<number, number>> {
  const { rows } = await tx.query<{ id: number; clock_offset_seconds: number }>(
    'SELECT id, clock_offset_seconds FROM organizations WHERE clock_offset_seconds > 0',
  );
  return new Map(rows.map((row) => [row.id, row.clock_offset_seconds * 1000]));
}
