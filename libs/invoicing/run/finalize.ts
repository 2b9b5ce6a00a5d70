import { localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { InvoiceDraft } from '../assemble.ts';
import { unitKeyText } from '../due-unit.ts';
import { cutBilledUnits } from '../store/cut-billed-units.ts';
import { deleteBilledUnits } from '../store/delete-billed-units.ts';
import { insertBilledUnits } from '../store/insert-billed-units.ts';
import type { IssuedDocument } from '../store/insert-invoices.ts';
import { insertParked, type ParkedCustomer } from '../store/insert-parked.ts';
import { lockBilledUnits } from '../store/lock-billed-units.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { lockRunAt } from '../store/lock-run-at.ts';
import type { SellerTerms } from '../store/select-seller.ts';
import { updateRunProgress } from '../store/update-run-progress.ts';
import { issueDocuments } from './issue-documents.ts';

/*
 * Drafts become documents. One transaction takes the units, numbers, chains and stores the documents and moves the run on, in this
 * order: run row, invoices that are credited (sorted) and their units (sorted), units (sorted), series (last). Whoever finds a unit taken drops the document, not the batch. If the process dies
 * before COMMIT nothing has happened and the run goes on from its old cursor; if it dies behind it, everything has happened and
 * the run goes on from the new one.
 */

export type FinalizeStep = 'units_taken' | 'numbered' | 'documents_inserted';

export interface FinalizeRequest {
  readonly organizationId: number;
  readonly terms: Pick<SellerTerms, 'timeZone' | 'paymentTermsDays'>;
  readonly drafts: readonly InvoiceDraft[];
  readonly parked: readonly ParkedCustomer[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Moves this run from one cursor to the next, unless a document was dropped: then its chunk is looked at again. */
  readonly run: { readonly id: string; readonly cursor: string | null; readonly next: string | null };
  readonly checkpoint?: ((step: FinalizeStep) => Promise<void>) | undefined;
}

export interface Finalized {
  readonly issued: readonly IssuedDocument[];
  /** Customers with a document that was dropped because a unit of it had been taken meanwhile. */
  readonly dropped: readonly string[];
  /** Those parked by this and not before. */
  readonly parked: readonly ParkedCustomer[];
}

/** The run was carried on by someone else: everything this one has in hand is void. */
export class RunTakenOver extends Error {
  override readonly name = 'RunTakenOver';
}

export function finalize(pool: Pool, request: FinalizeRequest): Promise<Finalized> {
  return inTransaction(pool, (tx) => finalizeIn(tx, request));
}

async function finalizeIn(tx: Transaction, request: FinalizeRequest): Promise<Finalized> {
  const { organizationId, run, parked } = request;
  if (!(await lockRunAt(tx, organizationId, run.id, run.cursor)))
    throw new RunTakenOver(`Billing run ${run.id} was carried on by another process`);
  const newlyParked = await insertParked(tx, organizationId, run.id, parked);
  const { kept, dropped } = await takeUnits(tx, request);
  await request.checkpoint?.('units_taken');
  const customersDone = new Set([...kept.map(({ draft }) => draft.customerId), ...newlyParked]);
  for (const customerId of dropped) customersDone.delete(customerId);
  await updateRunProgress(tx, organizationId, run.id, {
    cursor: dropped.length === 0 ? run.next : run.cursor,
    customersDone: customersDone.size,
    invoicesCreated: kept.filter(({ draft }) => draft.body.kind === 'invoice').length,
  });
  const terms = {
    organizationId,
    today: localDateAt(request.now, request.terms.timeZone),
    paymentTermsDays: request.terms.paymentTermsDays,
    billingRunId: run.id,
    checkpoint: request.checkpoint,
  };
  const issue = (kind: InvoiceDraft['body']['kind']) =>
    issueDocuments(
      tx,
      kept
        .filter(({ draft }) => draft.body.kind === kind)
        .map(({ id, draft }) => ({ id, customerId: draft.customerId, body: draft.body })),
      terms,
    );
  // Both series are locked last and always in this order.
  const issued = [...(await issue('credit_note')), ...(await issue('invoice'))];
  return { issued, dropped, parked: parked.filter((one) => newlyParked.includes(one.customerId)) };
}

async function takeUnits(tx: Transaction, { organizationId, drafts, now }: FinalizeRequest) {
  if (drafts.length === 0) return { kept: [], dropped: [] };
  // Sorted, so that ids rise with the numbers.
  const ids = drafts.map(() => uuidv7(now)).sort();
  const identified = drafts.map((draft, index) => ({ id: ids[index] as string, draft }));
  // First what is credited, so that its days are free for what is billed instead. Nobody voids its invoices meanwhile.
  const cuts = drafts.flatMap((draft) => draft.cuts ?? []);
  for (const invoiceId of [...new Set(cuts.map((cut) => cut.invoiceId))].sort())
    await lockInvoice(tx, organizationId, invoiceId);
  const standing = await lockBilledUnits(tx, organizationId, cuts);
  const isStanding = (draft: InvoiceDraft) => (draft.cuts ?? []).every((cut) => standing.has(unitKeyText(cut)));
  await cutBilledUnits(
    tx,
    organizationId,
    drafts.filter(isStanding).flatMap((draft) => draft.cuts ?? []),
  );
  const taken = await insertBilledUnits(
    tx,
    organizationId,
    identified.map(({ id, draft }) => ({ invoiceId: id, units: draft.units })),
  );
  const isWhole = ({ id, draft }: { id: string; draft: InvoiceDraft }) =>
    isStanding(draft) && taken.get(id) === draft.units.length;
  const kept = identified.filter(isWhole);
  const lost = identified.filter((one) => !isWhole(one));
  if (lost.length > 0)
    await deleteBilledUnits(
      tx,
      organizationId,
      lost.map(({ id }) => id),
    );
  return { kept, dropped: [...new Set(lost.map(({ draft }) => draft.customerId))] };
}
