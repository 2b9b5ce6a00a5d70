import type { Transaction } from '#libs/database/transaction.ts';

/** Makes this the only transaction that does housekeeping, until it ends. False: another one does. */
export async function takeHousekeeping(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('tollbook:housekeeping', 0)) AS taken",
  );
  return rows[0]?.taken === true;
}
