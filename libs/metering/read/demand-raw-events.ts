import { selectClockOffset } from '#libs/catalog/clock/select-clock-offset.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { MAX_AHEAD_MS } from '../ahead.ts';
import { selectRawKeptFrom } from '../store/select-raw-kept-from.ts';
import { RawEventsGone } from './raw-events-gone.ts';

/** Raw events from an instant on (epoch milliseconds). An event may have arrived so long before its time. @throws RawEventsGone when they are no longer kept */
export async function demandRawEvents(tx: Transaction, organizationId: number, from: number): Promise<void> {
  const firstDay = await selectRawKeptFrom(tx);
  if (firstDay === null) return;
  const keptFrom = Date.parse(firstDay) + MAX_AHEAD_MS + (await selectClockOffset(tx, organizationId));
  if (from < keptFrom) throw new RawEventsGone(new Date(keptFrom));
}
