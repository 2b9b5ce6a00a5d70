import type { Transaction } from '#libs/database/transaction.ts';

const SCHEDULE_LOCK = "hashtextextended('tollbook:billing-schedule', 0)";

/** Lets one process at a time look for due periods. False: another one is looking. */
export async function tryLockSchedule(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>(`SELECT pg_try_advisory_xact_lock(${SCHEDULE_LOCK}) AS locked`);
  return rows[0]?.locked === true;
}

/** The same, once others have looked. */
export async function lockSchedule(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${SCHEDULE_LOCK})`);
}
