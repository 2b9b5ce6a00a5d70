import { giveBackDiscounts } from '#libs/catalog/billing/give-back-discounts.ts';
import { ChangedMeanwhile } from '#libs/database/changed-meanwhile.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { CannotBill } from '../cannot-bill.ts';
import { type CollectedCustomer, collectUsage } from '../collect/collect.ts';
import type { DocumentBody, InvoiceDraft } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import type { BilledUnit } from '../due/due-units.ts';
import type { PriceFault } from '../due/price-faults.ts';
import { issueAgain } from '../late/issue-again.ts';
import { type Issue, issueDocuments } from '../run/issue-documents.ts';
import { onIssueDate } from '../run/on-issue-date.ts';
import { settleBalances } from '../run/settle-balances.ts';
import { type CustomerSettlement, takeForDrafts } from '../run/take-for-drafts.ts';
import { deleteBilledUnits } from '../store/delete-billed-units.ts';
import { insertVoiding } from '../store/insert-voiding.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { lookAgainAtCommitments } from '../store/look-again-at-commitments.ts';
import { selectUnitsOfInvoice } from '../store/select-billed-units.ts';
import { selectCustomer } from '../store/select-customer.ts';
import { selectInvoice } from '../store/select-invoice.ts';
import { type SellerTerms, selectSeller } from '../store/select-seller.ts';
import { readPriced } from './read-priced.ts';
import { giveBackWhole, isNotVoidable, type NotVoidable, readVoidable } from './void-invoice.ts';

/*
 * Voids a finalized invoice and issues it anew for the usage as it is now, at the discounts, taxes and exchange rate it had, less what other
 * invoices bill of its period by now. Prices are those it had, or those of the current versions of its plans; what it bills is pinned on
 * these, so that late usage has them, too.
 *
 * First everything is read and rated in one snapshot that locks nothing. Then one transaction takes the invoice's lock, looks again
 * whether it is still live, and writes credit note, voiding, units and the new invoice: all or nothing wherever it dies. Of two at
 * once the second finds the invoice voided. What happens between the two transactions can only be newer usage; the watermark of
 * the new invoice says that it was not seen. Where somebody bills that on another invoice meanwhile, it gives up: it would bill it, too. A dry run does all but issuing, and takes it back.
 */

export interface RegenerateRequest {
  readonly organizationId: number;
  readonly invoiceId: string;
  /** Stands on the credit note. */
  readonly reason: string;
  /** Of the current versions of its plans; those it had if left out. */
  readonly prices?: 'current' | undefined;
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
      /** Credit notes on others, which had billed too much of its period. */
      readonly notes: readonly StoredInvoice[];
    }
  | NotRegenerated;

/** What it would issue. */
export interface RegeneratePreview {
  readonly status: 'preview';
  readonly creditNote: DocumentBody;
  readonly invoice: DocumentBody;
  readonly notes: readonly DocumentBody[];
}

export type NotRegenerated =
  | NotVoidable
  /** The current prices do not fit what it bills. */
  | { readonly status: 'prices_do_not_fit'; readonly faults: readonly PriceFault[] }
  /** It cannot be rated now; the old invoice stands. `code` as for parked customers. */
  | { readonly status: 'cannot_bill'; readonly code: string; readonly detail: string };

/** Works under the API's and the workers' role. */
export function regenerateInvoice(pool: Pool, request: RegenerateRequest): Promise<Regenerated> {
  return withPrepared(pool, request, (tx, prepared) => replace(tx, request, prepared));
}

/** The same, storing nothing. */
export function previewRegenerate(pool: Pool, request: RegenerateRequest): Promise<RegeneratePreview | NotRegenerated> {
  return withPrepared(pool, request, async (tx, prepared) => {
    await tx.query('SAVEPOINT previewing');
    const taken = await take(tx, request, prepared);
    await tx.query('ROLLBACK TO SAVEPOINT previewing');
    if (isNotVoidable(taken)) return taken;
    const [creditNote, invoice, ...notes] = [taken.note, taken.invoice, ...taken.notes].map(({ body }) => body);
    return { status: 'preview', creditNote, invoice, notes } as RegeneratePreview;
  });
}

async function withPrepared<T>(
  pool: Pool,
  request: RegenerateRequest,
  work: (tx: Transaction, prepared: Prepared) => Promise<T>,
): Promise<T | NotRegenerated> {
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
      return inOrganization(pool, organizationId, (tx) => work(tx, prepared));
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
  /** The units that it bills. */
  readonly billed: readonly BilledUnit[];
  readonly draft: InvoiceDraft;
  /** On others, which had billed too much of its period. */
  readonly notes: readonly InvoiceDraft[];
  /** Invoices that bill something of its period, with how many credit notes each had. */
  readonly seen: CustomerSettlement['seen'];
}

async function prepare(tx: Transaction, request: RegenerateRequest): Promise<Prepared | NotRegenerated> {
  const { organizationId } = request;
  const original = await readVoidable(tx, organizationId, request.invoiceId);
  if (isNotVoidable(original)) return original;
  const terms = await selectSeller(tx, organizationId);
  const customer = await selectCustomer(tx, organizationId, original.customerId);
  if (customer === null) throw new Error(`invoice ${original.number} has no customer`);
  const priced = await readPriced(tx, request, original, customer);
  if (priced.faults.length > 0) return { status: 'prices_do_not_fit', faults: priced.faults };
  const [{ surroundings }] = (await collectUsage(
    tx,
    { organizationId, terms, now: request.clock(), exceptInvoiceId: original.id },
    [{ customer, units: [], credits: [] }],
  )) as [CollectedCustomer];
  const { document, fees, billed } = priced;
  const made = issueAgain(document, fees, surroundings);
  const seen = document.billed.later.map(({ invoice, notes }) => ({ invoiceId: invoice.id, notes: notes.length }));
  const problems = [made.draft, ...made.notes].flatMap(checkDraft);
  if (problems.length > 0) throw new CannotBill('check_failed', `The invoice does not add up: ${problems.join('; ')}.`);
  const { creditsIssuedOn } = surroundings;
  return { status: 'prepared', original, terms, creditsIssuedOn, billed, seen, ...made };
}

/** The documents that are to be issued, settled: all that they take is taken. */
interface Taken {
  readonly note: Issue;
  readonly notes: readonly Issue[];
  readonly invoice: Issue;
}

async function take(tx: Transaction, request: RegenerateRequest, prepared: Prepared): Promise<Taken | NotVoidable> {
  const { organizationId, reason } = request;
  const { original, draft, notes, seen } = prepared;
  for (const id of [original.id, ...seen.map(({ invoiceId }) => invoiceId)].sort())
    await lockInvoice(tx, organizationId, id);
  const live = await readVoidable(tx, organizationId, request.invoiceId);
  if (isNotVoidable(live)) return live;

  const now = request.clock();
  const invoiceId = uuidv7(now);
  await lookAgainAtCommitments(tx, organizationId, original.id);
  const standing = await selectUnitsOfInvoice(tx, organizationId, original.id);
  const released = await deleteBilledUnits(tx, organizationId, [original.id]);
  await giveBackDiscounts(tx, organizationId, original.id);
  const { dropped } = await takeForDrafts(
    tx,
    organizationId,
    [{ id: invoiceId, draft }],
    [{ customerId: original.customerId, units: [], seen, freed: [] }],
  );
  if (released !== draft.units.length || dropped.length > 0 || !isSame(standing, prepared.billed))
    throw new ChangedMeanwhile(`What invoice ${original.number} bills`);
  // Not before: it locks balances, which come behind discounts.
  const note = await giveBackWhole(tx, organizationId, original, {
    id: uuidv7(now),
    reason,
    issueDate: prepared.creditsIssuedOn,
  });

  const { customerId } = original;
  const settled = await settleBalances(tx, organizationId, [
    ...notes.map(({ body }) => ({ id: uuidv7(now), customerId, body })),
    { id: invoiceId, customerId, body: draft.body },
  ]);
  return { note, notes: settled.slice(0, -1), invoice: settled.at(-1) as Issue };
}

/** Whether nobody has billed or looked at units anew. */
function isSame(standing: readonly BilledUnit[], read: readonly BilledUnit[]): boolean {
  const textOf = (units: readonly BilledUnit[]) => JSON.stringify(units.map((unit) => JSON.stringify(unit)).sort());
  return textOf(standing) === textOf(read);
}

async function replace(tx: Transaction, request: RegenerateRequest, prepared: Prepared): Promise<Regenerated> {
  const { organizationId, reason } = request;
  const { original, terms } = prepared;
  const taken = await take(tx, request, prepared);
  if (isNotVoidable(taken)) return taken;
  const issues = [taken.note, ...taken.notes, taken.invoice];
  await issueDocuments(tx, issues, { organizationId, ...terms, billingRunId: null });
  await insertVoiding(tx, { organizationId, invoiceId: original.id, creditNoteId: taken.note.id, reason });
  const read = async (id: string) => (await selectInvoice(tx, organizationId, id)) as StoredInvoice;
  const [voided, creditNote, invoice] = [
    await read(original.id),
    await read(taken.note.id),
    await read(taken.invoice.id),
  ];
  const notes: StoredInvoice[] = [];
  for (const { id } of taken.notes) notes.push(await read(id));
  await insertOutbox(tx, {
    organizationId,
    type: 'invoice.voided',
    subject: original.id,
    data: {
      id: original.id,
      number: original.number,
      reason,
      requested_by: request.requestedBy,
      credit_note: { id: creditNote.id, number: creditNote.number },
      replaced_by: { id: invoice.id, number: invoice.number },
    },
  });
  return { status: 'regenerated', voided, creditNote, invoice, notes };
}
