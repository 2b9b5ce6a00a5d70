import type { Transaction } from '#libs/database/transaction.ts';
import type { RawEvent } from './copy-usage-events.ts';
import { RAW_DAY } from './raw-day.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, toRawEvent } from './raw-event-row.ts';

const AT_ONCE = 5000;

/** The events of a day of their own time (YYYY-MM-DD, UTC), those taken back too, in portions. Of all organizations. */
export async function* readRawDay(tx: Transaction, day: string): AsyncGenerator<RawEvent[]> {
  await tx.query(
    `DECLARE raw_day NO SCROLL CURSOR FOR SELECT ${RAW_EVENT_COLUMNS} FROM usage_events e WHERE ${RAW_DAY} AND e.sign = 1`,
    [day],
  );
  try {
    for (;;) {
      const { rows } = await tx.query<RawEventRow>(`FETCH ${AT_ONCE} FROM raw_day`);
      if (rows.length === 0) return;
      yield rows.map(toRawEvent);
    }
  } finally {
    await tx.query('CLOSE raw_day');
  }
}
