import type { Transaction } from '#libs/database/transaction.ts';
import { against } from '../against.ts';
import type { Book } from '../transfer.ts';
import { type Posting, postTransfers } from './post-transfers.ts';

/** Credit of a customer that comes from a document or a payment. */
export interface CreditGift extends Book {
  /** Credit note or payment, whose id the transfer bears. */
  readonly from:
    | { readonly kind: 'credit_note'; readonly id: string }
    | { readonly kind: 'overpayment'; readonly id: string };
  /** Decimal string, more than zero. */
  readonly amount: string;
}

/** Puts money onto the credit account, in the transaction that inserts what it comes from. @throws TransferMismatch */
export async function giveCredit(
  tx: Transaction,
  organizationId: number,
  { from, customerId, currency, amount }: CreditGift,
): Promise<Posting> {
  const isNote = from.kind === 'credit_note';
  const [posting] = await postTransfers(tx, organizationId, [
    {
      kind: from.kind,
      id: from.id,
      customerId,
      currency,
      documentId: isNote ? from.id : null,
      reason: null,
      entries: against(isNote ? 'credit_notes' : 'payments', { credit: amount }),
    },
  ]);
  return posting as Posting;
}
