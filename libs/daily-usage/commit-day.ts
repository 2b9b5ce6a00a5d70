import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { type DailyUsage, dailyDifferences } from './daily-differences.ts';
import { insertDailyRecords } from './store/insert-daily-records.ts';
import { openDailyCommit } from './store/open-daily-commit.ts';
import { type DailyRecord, selectDailyRecords } from './store/select-daily-records.ts';

const ATTEMPTS = 20;

/**
 * Writes down what a day's usage has more than its earlier commits, in one snapshot and one transaction: it is there whole or not at all. Of several at
 * once one writes; the others look again and find nothing more. Answers what was added.
 */
export async function commitDay(
  pool: Pool,
  organizationId: number,
  date: string,
  readDay: (tx: Transaction) => Promise<readonly DailyUsage[]>,
): Promise<readonly DailyRecord[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inOrganization(
        pool,
        organizationId,
        async (tx) => {
          const count = await openDailyCommit(tx, organizationId, date);
          const sent = await selectDailyRecords(tx, organizationId, date, 0);
          const records = dailyDifferences(await readDay(tx), sent).map((row, index) => ({
            ...row,
            position: count + index + 1,
          }));
          await insertDailyRecords(tx, organizationId, date, records);
          return records;
        },
        'REPEATABLE READ',
      );
    } catch (error) {
      // Another commit of the day came first: its snapshot is older than what was sent.
      if ((error as { code?: unknown }).code !== '40001' || attempt === ATTEMPTS) throw error;
    }
  }
}
