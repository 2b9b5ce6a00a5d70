import type { Transaction } from '#libs/database/transaction.ts';

/** Lets one process at a time look for due periods. False: another one is looking. */
export async function tryLockSchedule(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('tollbook:billing-schedule', 0)) AS locked",
  );
  return rows[0]?.locked === true;
}
