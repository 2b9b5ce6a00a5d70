import type { Transaction } from '#libs/database/transaction.ts';
import { against } from '../against.ts';
import type { Book, Transfer } from '../transfer.ts';
import { postTransfers } from './post-transfers.ts';

/** What an invoice takes of its customer's balances: decimal strings, not negative. */
export interface BalanceUse extends Book {
  readonly invoiceId: string;
  readonly credit: string;
  readonly prepaid: string;
}

/**
 * Moves what invoices are paid with. For any number of invoices at once, under lockBalances, in the transaction that inserts them (they
 * may be inserted later in it). The transfer of an invoice bears its id. Who uses nothing is passed over.
 * @throws BalanceTooLow, TransferMismatch
 */
export async function applyBalances(
  tx: Transaction,
  organizationId: number,
  uses: readonly BalanceUse[],
): Promise<void> {
  const transfers = uses.map(
    ({ customerId, currency, invoiceId, credit, prepaid }): Transfer => ({
      kind: 'invoice',
      id: invoiceId,
      customerId,
      currency,
      documentId: invoiceId,
      reason: null,
      entries: against('invoices', { credit: `-${credit}`, prepaid: `-${prepaid}` }),
    }),
  );
  await postTransfers(
    tx,
    organizationId,
    transfers.filter(({ entries }) => entries.length > 0),
  );
}
