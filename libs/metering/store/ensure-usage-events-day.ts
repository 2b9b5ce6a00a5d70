import type { Transaction } from '#libs/database/transaction.ts';

/** Makes the partition of raw events for one day of arrival (YYYY-MM-DD, UTC). Its own short transaction, ahead of the batch. */
export async function ensureUsageEventsDay(tx: Transaction, day: string): Promise<void> {
  await tx.query('SELECT ensure_usage_events_day($1::date)', [day]);
}
