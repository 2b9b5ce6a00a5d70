import type { Transaction } from '#libs/database/transaction.ts';
import { lockAccounts } from '../store/lock-accounts.ts';
import type { Balance, Book } from '../transfer.ts';

/** What a customer can pay with in a currency, as decimal strings. */
export interface HeldBalances extends Book {
  readonly credit: string;
  readonly prepaid: string;
}

/**
 * What these customers have, in the order asked for, locked until the transaction ends: nobody else gives them anything or takes from
 * it. Whoever never had anything in a currency has '0' there, and no lock: what they are given meanwhile is for the next document.
 */
export async function lockBalances(
  tx: Transaction,
  organizationId: number,
  wanted: readonly Book[],
): Promise<HeldBalances[]> {
  if (wanted.length === 0) return [];
  const held = new Map((await lockAccounts(tx, organizationId, wanted)).map((each) => [keyOf(each), each.balance]));
  return wanted.map(({ customerId, currency }) => ({
    customerId,
    currency,
    credit: held.get(keyOf({ customerId, currency, account: 'credit' })) ?? '0',
    prepaid: held.get(keyOf({ customerId, currency, account: 'prepaid' })) ?? '0',
  }));
}

const keyOf = ({ customerId, currency, account }: Omit<Balance, 'balance'>): string =>
  `${customerId} ${currency} ${account}`;
