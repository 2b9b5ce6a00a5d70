import type { Transaction } from '#libs/database/transaction.ts';
import { RAW_DAY } from './raw-day.ts';

/** What voids and amendments took back of a day of the events' own time: `organization key revision` of each. */
export async function selectTakenBackOfDay(tx: Transaction, day: string): Promise<Set<string>> {
  const { rows } = await tx.query<{ organization_id: number; event_key: string; revision: number }>(
    `SELECT e.organization_id, e.event_key, e.revision FROM usage_events e WHERE ${RAW_DAY} AND e.sign = -1`,
    [day],
  );
  return new Set(rows.map((row) => `${row.organization_id} ${row.event_key.replaceAll('-', '')} ${row.revision}`));
}
