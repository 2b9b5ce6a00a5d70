import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { countDocuments } from '../documents/count-documents.ts';
import type { IssuedDocument } from '../store/insert-invoices.ts';
import { insertParked, type ParkedCustomer } from '../store/insert-parked.ts';
import { lockRunAt } from '../store/lock-run-at.ts';
import { updateRunProgress } from '../store/update-run-progress.ts';
import { upsertRunTotals } from '../store/upsert-run-totals.ts';
import { issueDocuments, type NumberTerms } from './issue-documents.ts';
import { runTotals } from './run-totals.ts';
import { settleBalances } from './settle-balances.ts';
import { type CustomerSettlement, type IdentifiedDraft, takeForDrafts } from './take-for-drafts.ts';

/*
 * Drafts become documents. One transaction takes what they bill, numbers, chains and stores them and moves the run on, in this order:
 * run row, invoices that are credited or looked at again (sorted) and their units (sorted), subscriptions (sorted), discounts (by customer), balances (by customer), series (last). Whoever
 * finds something taken drops the documents of its customer, not the batch. If the process dies before COMMIT nothing has happened and
 * the run goes on from its old cursor; if it dies behind it, everything has happened and the run goes on from the new one.
 */

export type FinalizeStep = 'units_taken' | 'numbered' | 'documents_inserted';

export interface FinalizeRequest {
  readonly organizationId: number;
  readonly terms: NumberTerms;
  readonly drafts: readonly InvoiceDraft[];
  /** Of units that were billed before. A customer may have some and no document. */
  readonly settlements?: readonly CustomerSettlement[];
  readonly parked: readonly ParkedCustomer[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Moves this run from one cursor to the next, unless a document was dropped: then its chunk is looked at again. Null: by hand. */
  readonly run: {
    readonly id: string;
    readonly cursor: string | null;
    readonly next: string | null;
    /** How many customers lie between the two. */
    readonly customers: number;
  } | null;
  readonly checkpoint?: ((step: FinalizeStep) => Promise<void>) | undefined;
}

/** For a run, not by hand. */
export type RunFinalizeRequest = FinalizeRequest & { readonly run: NonNullable<FinalizeRequest['run']> };

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

/** Works under the workers' role, and by hand under the API's. */
export function finalize(pool: Pool, request: FinalizeRequest): Promise<Finalized> {
  return inOrganization(pool, request.organizationId, (tx) => finalizeIn(tx, request));
}

async function finalizeIn(tx: Transaction, request: FinalizeRequest): Promise<Finalized> {
  const { organizationId, run, parked } = request;
  if (run !== null && !(await lockRunAt(tx, organizationId, run.id, run.cursor)))
    throw new RunTakenOver(`Billing run ${run.id} was carried on by another process, or cancelled`);
  const newlyParked = run === null ? [] : await insertParked(tx, organizationId, run.id, parked);
  const { kept, dropped } = await takeForDrafts(tx, organizationId, identify(request), request.settlements);
  await request.checkpoint?.('units_taken');
  const made = kept.filter(({ draft }) => !draft.isSkipped);
  if (run !== null) {
    const drafts = kept.map(({ draft }) => draft);
    await updateRunProgress(tx, organizationId, run.id, {
      cursor: dropped.length === 0 ? run.next : run.cursor,
      customersPassed: dropped.length === 0 ? run.customers : 0,
      customersDone: new Set([...drafts.map(({ customerId }) => customerId), ...newlyParked]).size,
      ...countDocuments(drafts),
    });
    await upsertRunTotals(tx, organizationId, run.id, runTotals(made.map(({ draft }) => draft.body)));
  }
  const issued = await issueDocuments(
    tx,
    await settleBalances(
      tx,
      organizationId,
      made.map(({ id, draft }) => ({ id, customerId: draft.customerId, body: draft.body })),
    ),
    { organizationId, ...request.terms, billingRunId: run?.id ?? null, checkpoint: request.checkpoint },
  );
  return { issued, dropped, parked: parked.filter((one) => newlyParked.includes(one.customerId)) };
}

/** New ids are sorted, so that they rise with the numbers; a stored draft keeps its own. */
function identify({ drafts, now }: FinalizeRequest): IdentifiedDraft[] {
  const ids = drafts.map(() => uuidv7(now)).sort();
  return drafts.map((draft, index) => ({ id: draft.stored?.id ?? (ids[index] as string), draft }));
}
