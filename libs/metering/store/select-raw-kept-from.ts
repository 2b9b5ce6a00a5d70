import type { Transaction } from '#libs/database/transaction.ts';
import { selectRawDays } from './select-raw-days.ts';

/** The first day of arrival (YYYY-MM-DD) of which raw events are kept; null while none was ever dropped. */
export async function selectRawKeptFrom(tx: Transaction): Promise<string | null> {
  const [firstKept] = await selectRawDays(tx, null);
  const { rows } = await tx.query<{ first: string | null }>(
    'SELECT min(received_on)::text AS first FROM record_counts',
  );
  const first = rows[0]?.first;
  return firstKept && first && firstKept > first ? firstKept : null;
}
