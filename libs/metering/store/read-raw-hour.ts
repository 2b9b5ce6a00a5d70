import type { Transaction } from '#libs/database/transaction.ts';
import type { RawEvent } from './copy-usage-events.ts';
import { RAW_EVENT_COLUMNS, type RawEventRow, toRawEvent } from './raw-event-row.ts';
import { RAW_HOUR, type RawHour, rawHourValues } from './raw-hour.ts';

const AT_ONCE = 5000;

/** The events of an hour, those taken back too, in portions: a busy hour does not fit into memory. */
export async function* readRawHour(tx: Transaction, hour: RawHour): AsyncGenerator<RawEvent[]> {
  await tx.query(
    `DECLARE raw_hour NO SCROLL CURSOR FOR SELECT ${RAW_EVENT_COLUMNS} FROM usage_events e WHERE ${RAW_HOUR} AND e.sign = 1`,
    rawHourValues(hour),
  );
  try {
    for (;;) {
      const { rows } = await tx.query<RawEventRow>(`FETCH ${AT_ONCE} FROM raw_hour`);
      if (rows.length === 0) return;
      yield rows.map(toRawEvent);
    }
  } finally {
    await tx.query('CLOSE raw_hour');
  }
}
