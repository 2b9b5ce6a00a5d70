import type { Transaction } from '#libs/database/transaction.ts';
import { RAW_HOUR, type RawHour, rawHourValues } from './raw-hour.ts';

/** What voids and amendments took back of an hour: `key revision` of each. */
export async function selectTakenBack(tx: Transaction, hour: RawHour): Promise<Set<string>> {
  const { rows } = await tx.query<{ event_key: string; revision: number }>(
    `SELECT e.event_key, e.revision FROM usage_events e WHERE ${RAW_HOUR} AND e.sign = -1`,
    rawHourValues(hour),
  );
  return new Set(rows.map((row) => `${row.event_key.replaceAll('-', '')} ${row.revision}`));
}
