import { takeDiscounts, type WantedDiscounts } from '#libs/catalog/billing/take-discounts.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { InvoiceDraft, UnitCut } from '../documents/assemble.ts';
import { type UnitKey, unitKeyText } from '../due/due-unit.ts';
import type { Corrections } from '../late/correct-documents.ts';
import { countCreditNotes } from '../store/count-credit-notes.ts';
import { cutBilledUnits } from '../store/cut-billed-units.ts';
import { deleteDrafts } from '../store/delete-drafts.ts';
import { insertBilledUnits } from '../store/insert-billed-units.ts';
import { lockBilledUnits } from '../store/lock-billed-units.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { lockSubscriptions } from '../store/lock-subscriptions.ts';
import { lowerDueFrom } from '../store/lower-due-from.ts';
import { selectBilledUnits } from '../store/select-billed-units.ts';
import { settleBilledUnits } from '../store/settle-billed-units.ts';

/** A draft with the id of the document that it becomes. */
export interface IdentifiedDraft {
  readonly id: string;
  readonly draft: InvoiceDraft;
}

/** What becomes of units of a customer that were billed before. */
export interface CustomerSettlement
  extends Pick<Corrections, 'units' | 'seen'>,
    Partial<Pick<Corrections, 'uses' | 'usesSeen'>> {
  readonly customerId: string;
  /** Skipped units that fall due again. */
  readonly freed: readonly UnitCut[];
}

/**
 * Takes what drafts bill: units, the uses of discounts, the stored drafts themselves, and the late usage of units that were billed before
 * (`settlements`). The documents of one customer were made with each other, so they get all they
 * need or nothing: then the customer is `dropped`, as if its drafts had never been given.
 */
export async function takeForDrafts(
  tx: Transaction,
  organizationId: number,
  drafts: readonly IdentifiedDraft[],
  settlements: readonly CustomerSettlement[] = [],
) {
  const dropped = new Set<string>();
  for (;;) {
    const kept = drafts.filter(({ draft }) => !dropped.has(draft.customerId));
    const settled = settlements.filter(({ customerId }) => !dropped.has(customerId));
    if (kept.length + settled.length === 0) return { kept, dropped: [...dropped] };
    await tx.query('SAVEPOINT taking');
    const lost = await takeAll(tx, organizationId, kept, settled);
    if (lost.size === 0) {
      await tx.query('RELEASE SAVEPOINT taking');
      return { kept, dropped: [...dropped] };
    }
    await tx.query('ROLLBACK TO SAVEPOINT taking');
    for (const customerId of lost) dropped.add(customerId);
  }
}

/** Takes for all, and tells the customers for which something was taken by others. */
async function takeAll(
  tx: Transaction,
  organizationId: number,
  drafts: readonly IdentifiedDraft[],
  settlements: readonly CustomerSettlement[],
): Promise<Set<string>> {
  // First what is credited, so that its days are free for what is billed instead. Nobody voids its invoices meanwhile.
  const freed = settlements.flatMap((one) => one.freed);
  const cuts = [...drafts.flatMap(({ draft }) => draft.cuts ?? []), ...freed];
  const settled = settlements.flatMap(({ units }) => units);
  const seen = settlements.flatMap((one) => one.seen);
  for (const invoiceId of [...new Set([...cuts, ...seen].flatMap((one) => one.invoiceId ?? []))].sort())
    await lockInvoice(tx, organizationId, invoiceId);
  const outrun = await findOutrun(tx, organizationId, drafts);
  const standing = await lockBilledUnits(tx, organizationId, [...cuts, ...settled]);
  const written = [...drafts.flatMap(({ draft }) => draft.units), ...cuts, ...settled];
  await lockSubscriptions(
    tx,
    organizationId,
    written.map(({ subscriptionId }) => subscriptionId),
  );
  const overtaken = await settleAll(tx, organizationId, settlements);
  await cutBilledUnits(
    tx,
    organizationId,
    cuts.filter((cut) => standing.has(unitKeyText(cut))),
  );
  await lowerDueFrom(tx, organizationId, freed);
  const gone = drafts.filter(({ draft }) => (draft.cuts ?? []).some((cut) => !standing.has(unitKeyText(cut))));
  const lost = [...gone, ...(await findBilled(tx, organizationId, drafts))].map(({ draft }) => draft.customerId);
  if (lost.length > 0) return new Set([...outrun, ...lost, ...overtaken]);
  await insertBilledUnits(
    tx,
    organizationId,
    drafts.flatMap(({ id, draft }) => draft.units.map((unit) => ({ ...unit, invoiceId: draft.isSkipped ? null : id }))),
  );
  const stale = await takeDiscounts(tx, organizationId, discountsOf(drafts, settlements));
  const edited = await takeStoredDrafts(tx, organizationId, drafts);
  return new Set([...outrun, ...stale, ...edited, ...overtaken]);
}

function discountsOf(
  drafts: readonly IdentifiedDraft[],
  settlements: readonly CustomerSettlement[],
): WantedDiscounts[] {
  const byCustomer = Map.groupBy(drafts, ({ draft }) => draft.customerId);
  const corrected = new Map(settlements.map((one) => [one.customerId, one]));
  return [...new Set([...byCustomer.keys(), ...corrected.keys()])].map((customerId) => {
    const own = byCustomer.get(customerId) ?? [];
    return {
      customerId,
      seen:
        corrected.get(customerId)?.usesSeen ??
        own.find(({ draft }) => draft.discountUses.length > 0)?.draft.usesSeen ??
        [],
      documents: own.map(({ id, draft }) => ({ invoiceId: id, uses: draft.discountUses })),
      corrected: corrected.get(customerId)?.uses ?? [],
    };
  });
}

/** Drafts with a unit of which a day was billed meanwhile. Their subscriptions are locked. */
async function findBilled(
  tx: Transaction,
  organizationId: number,
  drafts: readonly IdentifiedDraft[],
): Promise<IdentifiedDraft[]> {
  const since = new Map<string, number>();
  for (const { subscriptionId, serviceFrom } of drafts.flatMap(({ draft }) => draft.units))
    since.set(subscriptionId, Math.min(since.get(subscriptionId) ?? Number.POSITIVE_INFINITY, Date.parse(serviceFrom)));
  if (since.size === 0) return [];
  const billed = await selectBilledUnits(tx, organizationId, since);
  if (billed.length === 0) return [];
  const bySubscription = Map.groupBy(billed, (unit) => unit.subscriptionId);
  const isBilled = ({ subscriptionId, chargeKey, kind, serviceFrom, serviceTo }: UnitKey) =>
    bySubscription
      .get(subscriptionId)
      ?.some(
        (other) =>
          other.chargeKey === chargeKey &&
          other.kind === kind &&
          other.from < Date.parse(serviceTo) &&
          other.to > Date.parse(serviceFrom),
      );
  return drafts.filter(({ draft }) => draft.units.some(isBilled));
}

/** Customers with a credit note that was worked out before another one came to stand on its invoice, which is locked. */
async function findOutrun(
  tx: Transaction,
  organizationId: number,
  drafts: readonly IdentifiedDraft[],
): Promise<string[]> {
  const notes = drafts.flatMap(({ draft: { customerId, body, notesSeen } }) =>
    body.corrects && notesSeen !== undefined ? [{ customerId, invoiceId: body.corrects.id, notesSeen }] : [],
  );
  if (notes.length === 0) return [];
  const standing = await countCreditNotes(
    tx,
    organizationId,
    notes.map(({ invoiceId }) => invoiceId),
  );
  return notes.flatMap((one) => (standing.get(one.invoiceId) === one.notesSeen ? [] : [one.customerId]));
}

/** Stored drafts become documents as they were read, or not at all: tells the customers of those that were changed meanwhile. */
async function takeStoredDrafts(
  tx: Transaction,
  organizationId: number,
  drafts: readonly IdentifiedDraft[],
): Promise<string[]> {
  const stored = drafts.filter(({ draft }) => draft.stored);
  const taken = await deleteDrafts(
    tx,
    organizationId,
    stored.map(({ draft }) => draft.stored as NonNullable<InvoiceDraft['stored']>),
  );
  return stored.filter(({ draft }) => !taken.has(draft.stored?.id as string)).map(({ draft }) => draft.customerId);
}

/** Notes what was seen of late usage, and tells the customers of whom another one did so first, or credited an invoice meanwhile. */
async function settleAll(
  tx: Transaction,
  organizationId: number,
  settlements: readonly CustomerSettlement[],
): Promise<string[]> {
  if (settlements.length === 0) return [];
  const settled = await settleBilledUnits(
    tx,
    organizationId,
    settlements.flatMap(({ units }) => units),
  );
  const seen = settlements.flatMap((one) => one.seen.map(({ invoiceId }) => invoiceId));
  const notes = await countCreditNotes(tx, organizationId, seen);
  return settlements
    .filter(
      (one) =>
        one.units.some((unit) => !settled.has(unitKeyText(unit))) ||
        one.seen.some(({ invoiceId, notes: count }) => notes.get(invoiceId) !== count),
    )
    .map(({ customerId }) => customerId);
}
