import { giveBackDiscounts } from '#libs/catalog/billing/give-back-discounts.ts';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { returnBalances } from '#libs/ledger/run/return-balances.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { readKept } from '#libs/payments/run/read-kept.ts';
import { amountText } from '../amount-text.ts';
import { cancellation } from '../credit/cancellation.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import { type Issue, issueDocuments } from '../run/issue-documents.ts';
import { onIssueDate } from '../run/on-issue-date.ts';
import { bringBackDueFrom } from '../store/bring-back-due-from.ts';
import { deleteBilledUnits } from '../store/delete-billed-units.ts';
import { forgetSeen } from '../store/forget-seen.ts';
import { insertVoiding } from '../store/insert-voiding.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { selectCreditsOfInvoice } from '../store/select-credits-of-invoice.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { selectIssueDates } from '../store/select-issue-dates.ts';
import { selectSeller } from '../store/select-seller.ts';

/** Why an invoice cannot be voided. */
export type NotVoidable =
  | { readonly status: 'not_found' }
  | { readonly status: 'not_an_invoice'; readonly document: StoredInvoice }
  /** `document.replacedBy` and `document.voided.creditNote` name what stands in its place. */
  | { readonly status: 'already_voided'; readonly document: StoredInvoice }
  /** Credit notes gave back a part of it: voiding it as well would give that back twice. */
  | { readonly status: 'credited'; readonly document: StoredInvoice; readonly creditNotes: readonly string[] }
  /** Payments stand on it that were not refunded: decimal string. */
  | { readonly status: 'paid'; readonly document: StoredInvoice; readonly paid: string };

export const isNotVoidable = <Found extends object>(found: Found | NotVoidable): found is NotVoidable =>
  'status' in found;

/** The invoice if nothing stands in the way of voiding it. What is read before `lockInvoice` may be outdated. */
export async function readVoidable(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<StoredInvoice | NotVoidable> {
  const document = await selectInvoice(tx, organizationId, invoiceId);
  if (document === null) return { status: 'not_found' };
  if (document.kind !== 'invoice') return { status: 'not_an_invoice', document };
  if (document.voided !== null) return { status: 'already_voided', document };
  const creditNotes = await selectCreditsOfInvoice(tx, organizationId, invoiceId);
  if (creditNotes.length > 0) return { status: 'credited', document, creditNotes };
  const paid = (await readKept(tx, organizationId, [invoiceId])).get(invoiceId)?.paid ?? '0';
  return new Big(paid).gt('0') ? { status: 'paid', document, paid } : document;
}

/** What a voided invoice took goes back, but for its units: discounts, balances. Answers the credit note to be issued. */
export async function giveBackWhole(
  tx: Transaction,
  organizationId: number,
  invoice: StoredInvoice,
  { id, reason, issueDate }: { readonly id: string; readonly reason: string; readonly issueDate: string },
): Promise<Issue> {
  await giveBackDiscounts(tx, organizationId, invoice.id);
  await returnBalances(tx, organizationId, invoice.id);
  const { customerId, document } = invoice;
  const made = cancellation(document, [], { reason, issueDate });
  const offset = document.amount_due;
  const credit = amountText(sum([document.credit_applied, document.prepaid_applied]), document.currency);
  const body = { ...made, settlement: { offset, refund: amountText(new Big('0'), document.currency), credit } };
  const problems = checkDraft({ customerId, body, units: [], discountUses: [], usesSeen: [] });
  if (problems.length > 0)
    throw new Error(`the credit note for ${document.number} does not add up: ${problems.join('; ')}`);
  return { id, customerId, body };
}

export interface VoidRequest {
  readonly organizationId: number;
  readonly invoiceId: string;
  /** Stands on the credit note. */
  readonly reason: string;
  readonly requestedBy: string;
  /** Whether what it billed is to be billed again, by the next run over its period. Otherwise it stays settled. */
  readonly billAgain: boolean;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export type Voided =
  | { readonly status: 'voided'; readonly invoice: StoredInvoice; readonly creditNote: StoredInvoice }
  | NotVoidable;

/** Voids an invoice by a credit note on all of it, in one transaction under the invoice's lock: of several at once one does it. */
export function voidInvoice(pool: Pool, request: VoidRequest): Promise<Voided> {
  return onIssueDate(() => inOrganization(pool, request.organizationId, (tx) => voidIn(tx, request)));
}

/** The credit note that it would make; nothing is stored. */
export function previewVoid(
  pool: Pool,
  request: VoidRequest,
): Promise<{ readonly status: 'preview'; readonly creditNote: DocumentBody } | NotVoidable> {
  return inOrganization(pool, request.organizationId, async (tx) => {
    await tx.query('SAVEPOINT previewing');
    const taken = await takeBack(tx, request);
    await tx.query('ROLLBACK TO SAVEPOINT previewing');
    return isNotVoidable(taken) ? taken : { status: 'preview', creditNote: taken.note.body };
  });
}

/** All of voiding but the documents. */
async function takeBack(tx: Transaction, request: VoidRequest) {
  const { organizationId, invoiceId, reason, billAgain, clock } = request;
  await lockInvoice(tx, organizationId, invoiceId);
  const invoice = await readVoidable(tx, organizationId, invoiceId);
  if (isNotVoidable(invoice)) return invoice;
  const terms = await selectSeller(tx, organizationId);
  const issueDates = await selectIssueDates(tx, organizationId, localDateAt(clock(), terms.timeZone));
  if (billAgain) {
    await bringBackDueFrom(tx, organizationId, [invoiceId]);
    await deleteBilledUnits(tx, organizationId, [invoiceId]);
    await forgetSeen(tx, organizationId, invoiceId);
  }
  const wanted = { id: uuidv7(clock()), reason, issueDate: issueDates.credit_note };
  return { terms, note: await giveBackWhole(tx, organizationId, invoice, wanted) };
}

async function voidIn(tx: Transaction, request: VoidRequest): Promise<Voided> {
  const { organizationId, invoiceId, reason, billAgain } = request;
  const taken = await takeBack(tx, request);
  if (isNotVoidable(taken)) return taken;
  const { id } = taken.note;
  await issueDocuments(tx, [taken.note], { organizationId, ...taken.terms, billingRunId: null });
  await insertVoiding(tx, { organizationId, invoiceId, creditNoteId: id, reason });
  const [voided, creditNote] = [
    await selectInvoice(tx, organizationId, invoiceId),
    await selectInvoice(tx, organizationId, id),
  ] as [StoredInvoice, StoredInvoice];
  await insertOutbox(tx, {
    organizationId,
    type: 'invoice.voided',
    subject: invoiceId,
    data: {
      id: invoiceId,
      number: voided.number,
      reason,
      requested_by: request.requestedBy,
      bill_again: billAgain,
      credit_note: { id, number: creditNote.number },
      replaced_by: null,
    },
  });
  return { status: 'voided', invoice: voided, creditNote };
}
