import { localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { giveCredit } from '#libs/ledger/run/give-credit.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { type Kept, readKept } from '#libs/payments/run/read-kept.ts';
import { CannotBill } from '../cannot-bill.ts';
import { creditNoteBody } from '../credit/cancellation.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { type CreditFault, type CreditWish, creditsOf } from '../credit/credit-request.ts';
import { digitFaults } from '../credit/digit-faults.ts';
import { partFaults } from '../credit/part-faults.ts';
import { splitCredit, type WantedSplit } from '../credit/split-credit.ts';
import { takeBack } from '../credit/take-back.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import { issueDocuments } from '../run/issue-documents.ts';
import { onIssueDate } from '../run/on-issue-date.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { selectCreditedInvoices } from '../store/select-credited-invoices.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { selectIssueDates } from '../store/select-issue-dates.ts';
import { selectSeller } from '../store/select-seller.ts';

export interface CreditNoteRequest {
  readonly organizationId: number;
  /** Of the note that it becomes. */
  readonly id: string;
  readonly invoiceId: string;
  readonly reason: string;
  readonly wish: CreditWish;
  readonly settlement: WantedSplit;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Only says what it would be. */
  readonly isPreview: boolean;
}

export type CreatedCreditNote =
  | { readonly status: 'issued'; readonly creditNote: StoredInvoice }
  | { readonly status: 'preview'; readonly body: DocumentBody }
  | { readonly status: 'not_found' }
  | { readonly status: 'not_an_invoice' | 'voided'; readonly document: StoredInvoice }
  | { readonly status: 'refused'; readonly faults: readonly CreditFault[] };

/**
 * Gives back a part of an invoice or all that is left, in one transaction under the invoice's lock: two at once never give more than there
 * is. What the note bills back stays billed: a run does not bill it again.
 */
export function createCreditNote(pool: Pool, request: CreditNoteRequest): Promise<CreatedCreditNote> {
  return onIssueDate(() => inOrganization(pool, request.organizationId, (tx) => createIn(tx, request)));
}

async function createIn(tx: Transaction, request: CreditNoteRequest): Promise<CreatedCreditNote> {
  const { organizationId, id, invoiceId, clock, isPreview } = request;
  await lockInvoice(tx, organizationId, invoiceId);
  const document = await selectInvoice(tx, organizationId, invoiceId);
  if (document === null) return { status: 'not_found' };
  if (document.kind !== 'invoice') return { status: 'not_an_invoice', document };
  if (document.voided !== null) return { status: 'voided', document };
  const found = (await selectCreditedInvoices(tx, organizationId, [invoiceId])).get(invoiceId) as CreditedInvoice;
  const kept = (await readKept(tx, organizationId, [invoiceId])).get(invoiceId) as Kept;
  const terms = await selectSeller(tx, organizationId);
  const issueDates = await selectIssueDates(tx, organizationId, localDateAt(clock(), terms.timeZone));
  const made = makeNote(request, found, kept, issueDates.credit_note);
  if ('faults' in made) return { status: 'refused', faults: made.faults };
  const { body } = made;
  if (isPreview) return { status: 'preview', body };
  const { customerId } = document;
  const problems = checkDraft({ customerId, body, units: [], discountUses: [], usesSeen: [] });
  if (problems.length > 0)
    throw new CannotBill('check_failed', `The credit note does not add up: ${problems.join('; ')}.`);
  const credit = body.settlement?.credit ?? '0';
  if (new Big(credit).gt('0'))
    await giveCredit(tx, organizationId, {
      customerId,
      currency: body.currency,
      from: { kind: 'credit_note', id },
      amount: credit,
    });
  await issueDocuments(tx, [{ id, customerId, body }], { organizationId, ...terms, billingRunId: null });
  return { status: 'issued', creditNote: (await selectInvoice(tx, organizationId, id)) as StoredInvoice };
}

function makeNote(
  { wish, settlement, reason }: CreditNoteRequest,
  { invoice, notes }: CreditedInvoice,
  kept: Kept,
  issueDate: string,
): { readonly body: DocumentBody } | { readonly faults: readonly CreditFault[] } {
  const { credits, faults } = creditsOf(invoice, notes, wish);
  const standing = { remaining: kept.remaining, refundable: refundable(notes, kept) };
  const digits = digitFaults({ settlement }, invoice.currency);
  if (faults.length + digits.length > 0)
    return { faults: [...faults, ...digits, ...partFaults(standing, settlement, invoice.currency)] };
  const body = creditNoteBody(invoice, takeBack(invoice, notes, credits), { reason, issueDate });
  const total = new Big(body.total).neg().toFixed();
  const split = splitCredit(total, standing, settlement, invoice.currency);
  if (split.faults.length > 0) return { faults: split.faults };
  return { body: { ...body, settlement: split.settlement } };
}

/** Of payments that are kept, what no earlier note promised to pay back. */
function refundable(notes: CreditedInvoice['notes'], { paid, refunded }: Kept): string {
  const promised = sum(notes.map(({ settlement }) => settlement?.refund ?? '0')).minus(refunded);
  const open = promised.gt('0') ? promised : new Big('0');
  const left = new Big(paid).minus(open);
  return left.gt('0') ? left.toFixed() : '0';
}
