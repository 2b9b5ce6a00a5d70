import type { Transaction } from '#libs/database/transaction.ts';
import { insertOutbox, type OutboxEntry } from '#libs/outbox/insert-outbox.ts';
import { isSameTransfer } from '../is-same-transfer.ts';
import { planTransfers } from '../plan-transfers.ts';
import { insertEntries } from '../store/insert-entries.ts';
import { insertTransfers } from '../store/insert-transfers.ts';
import { lockAccounts } from '../store/lock-accounts.ts';
import { openAccounts } from '../store/open-accounts.ts';
import { selectTransfers } from '../store/select-transfers.ts';
import { updateBalances } from '../store/update-balances.ts';
import {
  type Balance,
  type Book,
  isCustomerAccount,
  type PostedTransfer,
  type Transfer,
  type TransferKind,
} from '../transfer.ts';
import { TransferMismatch } from '../transfer-mismatch.ts';

/** A transfer as the journal has it now. */
export interface Posting {
  readonly transfer: PostedTransfer;
  /** It was made before; nothing was moved now. */
  readonly repeated: boolean;
}

/**
 * Makes transfers in the caller's transaction, one after the other: journal, balances and outbox together, or none of them. One that
 * was made before, with the same fields, moves nothing again.
 *
 * Whoever moves anything of a book holds the locks on its accounts to the end of the transaction, so the journal of a book has one order
 * and a look at earlier transfers stays true. Locks are taken in the order of customer, currency and account; a transaction that calls
 * this more than once for several customers locks them all first (lockBalances).
 *
 * @throws BalanceTooLow, TransferMismatch: the caller's transaction must be rolled back
 */
export async function postTransfers(
  tx: Transaction,
  organizationId: number,
  transfers: readonly Transfer[],
): Promise<Posting[]> {
  if (transfers.length === 0) return [];
  const held = await holdAccounts(tx, organizationId, transfers);
  const earlier = new Map(
    (await selectTransfers(tx, organizationId, transfers)).map((transfer) => [keyOf(transfer), transfer]),
  );
  const fresh = transfers.filter((transfer) => {
    const made = earlier.get(keyOf(transfer));
    if (made !== undefined && !isSameTransfer(made, transfer)) throw new TransferMismatch(transfer.kind, transfer.id);
    return made === undefined;
  });
  const posted = new Map((await post(tx, organizationId, held, fresh)).map((transfer) => [keyOf(transfer), transfer]));
  return transfers.map((transfer) => {
    const made = earlier.get(keyOf(transfer));
    return made === undefined
      ? { transfer: posted.get(keyOf(transfer)) as PostedTransfer, repeated: false }
      : { transfer: made, repeated: true };
  });
}

async function holdAccounts(tx: Transaction, organizationId: number, books: readonly Book[]): Promise<Balance[]> {
  const held = await lockAccounts(tx, organizationId, books);
  const isHeld = new Set(held.map(bookOf));
  const missing = new Map(books.filter((book) => !isHeld.has(bookOf(book))).map((book) => [bookOf(book), book]));
  return missing.size === 0 ? held : [...held, ...(await openAccounts(tx, organizationId, [...missing.values()]))];
}

async function post(
  tx: Transaction,
  organizationId: number,
  held: readonly Balance[],
  transfers: readonly Transfer[],
): Promise<PostedTransfer[]> {
  if (transfers.length === 0) return [];
  const { entries, balances } = planTransfers(held, transfers);
  const places = new Map((await insertTransfers(tx, organizationId, transfers)).map((place) => [keyOf(place), place]));
  const posted = transfers.map((transfer, index): PostedTransfer => {
    const place = places.get(keyOf(transfer));
    // Somebody made it for another book after the look for earlier ones.
    if (place === undefined) throw new TransferMismatch(transfer.kind, transfer.id);
    return { ...transfer, ...place, kind: transfer.kind, entries: entries[index] ?? [] };
  });
  await insertEntries(
    tx,
    organizationId,
    posted.flatMap(({ position, entries: own }) => own.map((entry) => ({ ...entry, position }))),
  );
  await updateBalances(tx, organizationId, balances);
  await insertOutbox(tx, ...posted.map((transfer) => outboxEntry(organizationId, transfer)));
  return posted;
}

const TOLD_AS: Readonly<Record<TransferKind, string>> = {
  adjustment: 'balance.adjusted',
  invoice: 'balance.applied',
  invoice_voided: 'balance.returned',
  credit_note: 'balance.credited',
  overpayment: 'balance.credited',
};

function outboxEntry(organizationId: number, transfer: PostedTransfer): OutboxEntry {
  const { kind, id, customerId, currency, documentId, reason, entries } = transfer;
  return {
    organizationId,
    type: TOLD_AS[kind],
    subject: customerId,
    data: {
      id,
      kind,
      customer_id: customerId,
      currency,
      document: documentId,
      reason,
      entries: entries.filter(({ account }) => isCustomerAccount(account)),
    },
  };
}

const keyOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind} ${id}`;
const bookOf = ({ customerId, currency }: Book): string => `${customerId} ${currency}`;
