import type { Transaction } from '#libs/database/transaction.ts';
import { applyBalances } from '#libs/ledger/run/apply-balances.ts';
import { giveCredit } from '#libs/ledger/run/give-credit.ts';
import { lockBalances } from '#libs/ledger/run/lock-balances.ts';
import { Big } from '#libs/money/decimal.ts';
import { readRemaining } from '../collect/read-remaining.ts';
import { bookOf, bookText, settle } from '../settle/settle.ts';
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
  const books = [...new Map(issues.map(bookOf).map((book) => [bookText(book), book])).values()];
  const held = await lockBalances(tx, organizationId, books);
  const settled = settle(issues, {
    held: new Map(held.map((each) => [bookText(each), each])),
    remaining: await readRemaining(tx, organizationId, issues),
  });
  for (const note of settled) {
    const { credit = '0' } = note.body.settlement ?? {};
    if (!new Big(credit).gt('0')) continue;
    await giveCredit(tx, organizationId, {
      ...bookOf(note),
      from: { kind: 'credit_note', id: note.id },
      amount: credit,
    });
  }
  const paying = settled.filter(({ body }) => body.kind === 'invoice' && !new Big(body.amount_due).eq(body.total));
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
  return settled;
}
