import { giveBackDiscounts } from '#libs/catalog/billing/give-back-discounts.ts';
import { ChangedMeanwhile } from '#libs/database/changed-meanwhile.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { CannotBill, type CannotBillCode } from '../cannot-bill.ts';
import { type CollectedCustomer, collectUsage } from '../collect/collect.ts';
import { readLateDocuments } from '../collect/read-late-documents.ts';
import { readSubscriptions } from '../collect/read-subscriptions.ts';
import { unitsAgain } from '../collect/units-again.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import type { UnitToBill } from '../due/due-unit.ts';
import type { BilledUnit } from '../due/due-units.ts';
import { issueAgain } from '../late/issue-again.ts';
import type { LateDocument } from '../late/late-document.ts';
import { issueDocuments } from '../run/issue-documents.ts';
import { onIssueDate } from '../run/on-issue-date.ts';
import { settleBalances } from '../run/settle-balances.ts';
import { type CustomerSettlement, takeForDrafts } from '../run/take-for-drafts.ts';
import { deleteBilledUnits } from '../store/delete-billed-units.ts';
import { insertVoiding } from '../store/insert-voiding.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { selectUnitsOfInvoice } from '../store/select-billed-units.ts';
import { selectCustomer } from '../store/select-customer.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { type SellerTerms, selectSeller } from '../store/select-seller.ts';
import { giveBackWhole, isNotVoidable, type NotVoidable, readVoidable } from './void-invoice.ts';

/*
 * Voids a finalized invoice and issues it anew for the usage as it is now, at the prices, discounts, taxes and exchange rate it had, less
 * what other invoices bill of its period by now.
 *
 * First everything is read and rated in one snapshot that locks nothing. Then one transaction takes the invoice's lock, looks again
 * whether it is still live, and writes credit note, voiding, units and the new invoice: all or nothing wherever it dies. Of two at
 * once the second finds the invoice voided. What happens between the two transactions can only be newer usage; the watermark of
 * the new invoice says that it was not seen.
 */

export interface RegenerateRequest {
  readonly organizationId: number;
  readonly invoiceId: string;
  /** Stands on the credit note. */
  readonly reason: string;
  readonly requestedBy: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export type Regenerated =
  | {
      readonly status: 'regenerated';
      readonly voided: StoredInvoice;
      readonly creditNote: StoredInvoice;
      readonly invoice: StoredInvoice;
    }
  | NotVoidable
  /** It cannot be rated now; the old invoice stands. `code` as for parked customers. */
  | { readonly status: 'cannot_bill'; readonly code: string; readonly detail: string };

/** Works under the API's and the workers' role. */
export async function regenerateInvoice(pool: Pool, request: RegenerateRequest): Promise<Regenerated> {
  const { organizationId } = request;
  try {
    return await onIssueDate(async () => {
      const prepared = await inOrganization(
        pool,
        organizationId,
        (tx) => prepare(tx, request),
        'REPEATABLE READ READ ONLY',
      );
      if (prepared.status !== 'prepared') return prepared;
      return inOrganization(pool, organizationId, (tx) => replace(tx, request, prepared));
    });
  } catch (error) {
    if (error instanceof CannotBill) return { status: 'cannot_bill', code: error.code, detail: error.message };
    throw error;
  }
}

interface Prepared {
  readonly status: 'prepared';
  readonly original: StoredInvoice;
  readonly terms: SellerTerms;
  /** Date of issue of the credit note. */
  readonly creditsIssuedOn: string;
  readonly draft: InvoiceDraft;
  /** On others, which had billed too much of its period. */
  readonly notes: readonly InvoiceDraft[];
  /** Invoices that bill something of its period, with how many credit notes each had. */
  readonly seen: CustomerSettlement['seen'];
}

async function prepare(tx: Transaction, request: RegenerateRequest): Promise<Prepared | NotVoidable> {
  const { organizationId } = request;
  const original = await readVoidable(tx, organizationId, request.invoiceId);
  if (isNotVoidable(original)) return original;
  const terms = await selectSeller(tx, organizationId);
  const customer = await selectCustomer(tx, organizationId, original.customerId);
  if (customer === null) throw new Error(`invoice ${original.number} has no customer`);
  const billed = await selectUnitsOfInvoice(tx, organizationId, original.id);
  const subscriptions = await readSubscriptions(tx, organizationId, { customerIds: [customer.id] });
  const again = (units: readonly BilledUnit[]) => unitsAgain(units, [customer], subscriptions);
  const { byCustomer, parked } = await readLateDocuments(tx, organizationId, [original.id], again);
  const [stuck] = parked;
  if (stuck !== undefined) throw new CannotBill(stuck.code as CannotBillCode, stuck.detail);
  const document = byCustomer.get(customer.id)?.[0] ?? feesAlone(original);
  const [{ surroundings }] = (await collectUsage(
    tx,
    { organizationId, terms, now: request.clock(), exceptInvoiceId: original.id },
    [{ customer, units: [], credits: [] }],
  )) as [CollectedCustomer];
  const made = issueAgain(document, billed.filter(({ kind }) => kind === 'fee').map(asBilled), surroundings);
  const seen = document.billed.later.map(({ invoice, notes }) => ({ invoiceId: invoice.id, notes: notes.length }));
  const problems = [made.draft, ...made.notes].flatMap(checkDraft);
  if (problems.length > 0) throw new CannotBill('check_failed', `The invoice does not add up: ${problems.join('; ')}.`);
  return { status: 'prepared', original, terms, creditsIssuedOn: surroundings.creditsIssuedOn, seen, ...made };
}

const feesAlone = ({ document }: StoredInvoice): LateDocument => ({
  billed: { first: { invoice: document, notes: [] }, later: [] },
  units: [],
  commitments: [],
});

const asBilled = ({ from, to, ...unit }: BilledUnit): UnitToBill => ({
  ...unit,
  serviceFrom: instantText(from),
  serviceTo: instantText(to),
});

/** As lines have it: without a fraction. */
const instantText = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

async function replace(tx: Transaction, request: RegenerateRequest, prepared: Prepared): Promise<Regenerated> {
  const { organizationId, reason } = request;
  const { original, terms, draft, notes, seen } = prepared;
  for (const id of [original.id, ...seen.map(({ invoiceId }) => invoiceId)].sort())
    await lockInvoice(tx, organizationId, id);
  const live = await readVoidable(tx, organizationId, request.invoiceId);
  if (isNotVoidable(live)) return live;

  const now = request.clock();
  const invoiceId = uuidv7(now);
  const noteId = uuidv7(now);
  const released = await deleteBilledUnits(tx, organizationId, [original.id]);
  await giveBackDiscounts(tx, organizationId, original.id);
  const { dropped } = await takeForDrafts(
    tx,
    organizationId,
    [{ id: invoiceId, draft }],
    [{ customerId: original.customerId, units: [], seen, freed: [] }],
  );
  if (released !== draft.units.length || dropped.length > 0)
    throw new ChangedMeanwhile(`What invoice ${original.number} bills`);
  // Not before: it locks balances, which come behind discounts.
  const note = await giveBackWhole(tx, organizationId, original, {
    id: noteId,
    reason,
    issueDate: prepared.creditsIssuedOn,
  });

  const { customerId } = original;
  const again = await settleBalances(tx, organizationId, [
    ...notes.map(({ body }) => ({ id: uuidv7(now), customerId, body })),
    { id: invoiceId, customerId, body: draft.body },
  ]);
  await issueDocuments(tx, [note, ...again], { organizationId, ...terms, billingRunId: null });
  await insertVoiding(tx, { organizationId, invoiceId: original.id, creditNoteId: noteId, reason });
  const [voided, creditNote, invoice] = [
    await selectInvoice(tx, organizationId, original.id),
    await selectInvoice(tx, organizationId, noteId),
    await selectInvoice(tx, organizationId, invoiceId),
  ] as [StoredInvoice, StoredInvoice, StoredInvoice];
  await insertOutbox(tx, {
    organizationId,
    type: 'invoice.voided',
    subject: original.id,
    data: {
      id: original.id,
      number: original.number,
      reason,
      requested_by: request.requestedBy,
      credit_note: { id: noteId, number: creditNote.number },
      replaced_by: { id: invoiceId, number: invoice.number },
    },
  });
  return { status: 'regenerated', voided, creditNote, invoice };
}
