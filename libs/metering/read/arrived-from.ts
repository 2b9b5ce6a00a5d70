import { selectClockOffset } from '#libs/catalog/clock/select-clock-offset.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { MAX_AHEAD_MS } from '../ahead.ts';

/** When the first of an organization's events of a time, or later ones, can have arrived. Epoch milliseconds. */
export async function arrivedFrom(tx: Transaction, organizationId: number, time: number): Promise<number> {
  return time - MAX_AHEAD_MS - (await selectClockOffset(tx, organizationId));
}
