import type { Transaction } from '#libs/database/transaction.ts';
import { against } from '../against.ts';
import type { Book, CustomerAccount } from '../transfer.ts';
import { type Posting, postTransfers } from './post-transfers.ts';

export interface Adjustment extends Book {
  /** UUID of the caller's. */
  readonly id: string;
  readonly account: CustomerAccount;
  /** Signed decimal string, not zero: added to the account, or taken from it. */
  readonly amount: string;
  readonly reason: string;
}

/** Changes a balance by hand: prepaid money comes from `funding`, credit from `grants`. @throws BalanceTooLow, TransferMismatch */
export async function adjustBalance(
  tx: Transaction,
  organizationId: number,
  { id, customerId, currency, account, amount, reason }: Adjustment,
): Promise<Posting> {
  const [posting] = await postTransfers(tx, organizationId, [
    {
      kind: 'adjustment',
      id,
      customerId,
      currency,
      documentId: null,
      reason,
      entries: against(account === 'prepaid' ? 'funding' : 'grants', { [account]: amount }),
    },
  ]);
  return posting as Posting;
}
