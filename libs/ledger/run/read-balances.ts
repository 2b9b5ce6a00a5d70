import type { Transaction } from '#libs/database/transaction.ts';
import { type CurrencyBalances, selectBalances } from '../store/select-balances.ts';

/** What a customer has now, without a lock: to be shown, never to be taken from. */
export function readBalances(tx: Transaction, organizationId: number, customerId: string): Promise<CurrencyBalances[]> {
  return selectBalances(tx, organizationId, customerId);
}
