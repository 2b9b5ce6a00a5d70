import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import type { CounterAccount, CustomerAccount, Entry } from './transfer.ts';

/** What is added to accounts of a customer (negative: taken), and the same against it on a counter account. Zeros are left out. */
export function against(counter: CounterAccount, added: Readonly<Partial<Record<CustomerAccount, string>>>): Entry[] {
  const own = Object.entries(added)
    .map(([account, amount]) => ({ account: account as CustomerAccount, amount: decimalString(new Big(amount)) }))
    .filter(({ amount }) => amount !== '0');
  const opposite = decimalString(sum(own.map(({ amount }) => amount)).neg());
  // What one account gives to the other comes from nowhere else.
  return opposite === '0' ? own : [...own, { account: counter, amount: opposite }];
}
