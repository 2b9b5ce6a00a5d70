import type { Transaction } from '#libs/database/transaction.ts';
import { applyBalances } from '#libs/ledger/run/apply-balances.ts';
import { giveCredit } from '#libs/ledger/run/give-credit.ts';
import { lockBalances } from '#libs/ledger/run/lock-balances.ts';
import { Big } from '#libs/money/decimal.ts';
import { readKept } from '#libs/payments/run/read-kept.ts';
import type { DocumentBody } from '../assemble.ts';
import { type Held, offsetFirst, payFromBalances } from '../pay-from-balances.ts';
import type { Issue } from './issue-documents.ts';

/**
 * Settles documents that are about to be issued: credit notes take off what is unpaid of their invoices (which are locked) and give the rest
 * as credit; invoices are paid from what their customers have, that credit included. Accounts are locked in one order from here until the
 * transaction ends.
 */
export async function settleBalances(
  tx: Transaction,
  organizationId: number,
  issues: readonly Issue[],
): Promise<Issue[]> {
  const books = [...new Map(issues.map((issue) => [bookText(issue), bookOf(issue)])).values()];
  const held = new Map<string, Held>();
  for (const each of await lockBalances(tx, organizationId, books))
    held.set(`${each.customerId} ${each.currency}`, each);
  const notes = await settleNotes(
    tx,
    organizationId,
    issues.filter(({ body }) => body.kind === 'credit_note'),
  );
  for (const note of notes) {
    const { credit = '0' } = note.body.settlement ?? {};
    if (!new Big(credit).gt('0')) continue;
    await giveCredit(tx, organizationId, {
      ...bookOf(note),
      from: { kind: 'credit_note', id: note.id },
      amount: credit,
    });
    const before = held.get(bookText(note)) as Held;
    held.set(bookText(note), { ...before, credit: new Big(before.credit).plus(credit).toFixed() });
  }
  const invoices = issues
    .filter(({ body }) => body.kind === 'invoice')
    .map((issue): Issue => {
      const { body, left } = payFromBalances(issue.body, held.get(bookText(issue)) as Held);
      held.set(bookText(issue), left);
      return { ...issue, body };
    });
  const paying = invoices.filter(({ body }) => !new Big(body.amount_due).eq(body.total));
  await applyBalances(
    tx,
    organizationId,
    paying.map((issue) => ({
      ...bookOf(issue),
      invoiceId: issue.id,
      credit: issue.body.credit_applied,
      prepaid: issue.body.prepaid_applied,
    })),
  );
  return [...notes, ...invoices];
}

async function settleNotes(tx: Transaction, organizationId: number, notes: readonly Issue[]): Promise<Issue[]> {
  if (notes.length === 0) return [];
  const invoiceOf = ({ corrects }: DocumentBody): string => (corrects as { id: string }).id;
  const ids = [...new Set(notes.map(({ body }) => invoiceOf(body)))];
  const remaining = new Map([...(await readKept(tx, organizationId, ids))].map(([id, kept]) => [id, kept.remaining]));
  return notes.map((note) => {
    const id = invoiceOf(note.body);
    const body = offsetFirst(note.body, remaining.get(id) ?? '0');
    remaining.set(id, new Big(remaining.get(id) ?? '0').minus(body.settlement?.offset ?? '0').toFixed());
    return { ...note, body };
  });
}

const bookOf = ({ customerId, body: { currency } }: Issue) => ({ customerId, currency });
const bookText = ({ customerId, body: { currency } }: Issue): string => `${customerId} ${currency}`;
