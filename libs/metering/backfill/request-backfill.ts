import type { Transaction } from '#libs/database/transaction.ts';
import { insertBackfill } from '../store/insert-backfill.ts';
import { type Backfill, selectBackfill } from '../store/select-backfill.ts';

/**
 * Asks for the backfill of one version of a meter; asking again returns the one there is. Under the exclusive catalogue lock: a correction that
 * is on its way does not know of the backfill and must be done before it begins.
 */
export async function requestBackfill(tx: Transaction, organizationId: number, meterId: number): Promise<Backfill> {
  await insertBackfill(tx, organizationId, meterId);
  return (await selectBackfill(tx, organizationId, meterId)) as Backfill;
}
