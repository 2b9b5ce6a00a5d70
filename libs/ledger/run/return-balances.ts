import type { Transaction } from '#libs/database/transaction.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { selectTransfers } from '../store/select-transfers.ts';
import { type Posting, postTransfers } from './post-transfers.ts';

/**
 * Gives back what an invoice took of its customer's balances, each to the account it came from, once: asked again it moves nothing. Null:
 * it took nothing. In the transaction that voids it.
 */
export async function returnBalances(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<Posting | null> {
  const [taken] = await selectTransfers(tx, organizationId, [{ kind: 'invoice', id: invoiceId }]);
  if (taken === undefined) return null;
  const [posting] = await postTransfers(tx, organizationId, [
    {
      kind: 'invoice_voided',
      id: invoiceId,
      customerId: taken.customerId,
      currency: taken.currency,
      documentId: invoiceId,
      reason: null,
      entries: taken.entries.map(({ account, amount }) => ({ account, amount: decimalString(new Big(amount).neg()) })),
    },
  ]);
  return posting as Posting;
}
