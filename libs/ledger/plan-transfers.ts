import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import { BalanceTooLow } from './balance-too-low.ts';
import {
  type Account,
  type Balance,
  type Book,
  isCustomerAccount,
  type PostedEntry,
  type Transfer,
} from './transfer.ts';

export interface TransferPlan {
  /** Entries of each transfer, in its order. */
  readonly entries: readonly (readonly PostedEntry[])[];
  /** Balances that change, as they are in the end. */
  readonly balances: readonly Balance[];
}

/**
 * What transfers do to the balances that are held, one after the other. `held` names every account of a customer that they move.
 * @throws BalanceTooLow for the first that would fall below zero
 */
export function planTransfers(held: readonly Balance[], transfers: readonly Transfer[]): TransferPlan {
  const current = new Map(held.map((balance) => [keyOf(balance, balance.account), balance]));
  const changed = new Set<string>();
  const move = (transfer: Transfer, account: Account, amount: string): string | null => {
    if (!isCustomerAccount(account)) return null;
    const key = keyOf(transfer, account);
    const before = current.get(key);
    if (before === undefined) throw new Error(`the ${account} account of customer ${transfer.customerId} is not held`);
    const after = new Big(before.balance).plus(amount);
    if (after.lt('0')) throw new BalanceTooLow(before, decimalString(new Big(amount).neg()));
    const balance = decimalString(after);
    current.set(key, { ...before, balance });
    changed.add(key);
    return balance;
  };
  const entries = transfers.map((transfer) => {
    if (!sum(transfer.entries.map(({ amount }) => amount)).eq('0'))
      throw new Error(`the entries of transfer ${transfer.id} (${transfer.kind}) do not add up to zero`);
    return transfer.entries.map(({ account, amount }) => ({
      account,
      amount,
      balance: move(transfer, account, amount),
    }));
  });
  return { entries, balances: [...changed].map((key) => current.get(key) as Balance) };
}

const keyOf = ({ customerId, currency }: Book, account: Account): string => `${customerId} ${currency} ${account}`;
