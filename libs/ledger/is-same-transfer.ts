import { Big } from '#libs/money/decimal.ts';
import type { Transfer } from './transfer.ts';

/** Whether both ask for the same: all fields alike, amounts by their value, entries in any order. */
export function isSameTransfer(one: Transfer, other: Transfer): boolean {
  return (
    one.kind === other.kind &&
    one.id === other.id &&
    one.customerId === other.customerId &&
    one.currency === other.currency &&
    one.documentId === other.documentId &&
    one.reason === other.reason &&
    one.entries.length === other.entries.length &&
    one.entries.every(({ account, amount }) =>
      other.entries.some((entry) => entry.account === account && new Big(entry.amount).eq(amount)),
    )
  );
}
