import type { Transaction } from '#libs/database/transaction.ts';

/** Lets one transaction at a time open a series that has no row to lock yet. */
export async function lockFirstOfSeries(tx: Transaction, organizationId: number, series: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `tollbook:series:${organizationId}:${series}`,
  ]);
}
