import { takeDiscounts } from '#libs/catalog/billing/take-discounts.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { InvoiceDraft } from '../assemble.ts';
import { unitKeyText } from '../due-unit.ts';
import { cutBilledUnits } from '../store/cut-billed-units.ts';
import { deleteDrafts } from '../store/delete-drafts.ts';
import { insertBilledUnits } from '../store/insert-billed-units.ts';
import { lockBilledUnits } from '../store/lock-billed-units.ts';
import { lockInvoice } from '../store/lock-invoice.ts';
import { selectNoteIds } from '../store/select-note-ids.ts';

/** A draft with the id of the document that it becomes. */
export interface IdentifiedDraft {
  readonly id: string;
  readonly draft: InvoiceDraft;
}

/**
 * Takes what drafts bill: units, the uses of discounts, and the stored drafts themselves. The documents of one customer were made with each other, so they get all they
 * need or nothing: then the customer is `dropped`, as if its drafts had never been given.
 */
export async function takeForDrafts(tx: Transaction, organizationId: number, drafts: readonly IdentifiedDraft[]) {
  const dropped = new Set<string>();
  for (;;) {
    const kept = drafts.filter(({ draft }) => !dropped.has(draft.customerId));
    if (kept.length === 0) return { kept, dropped: [...dropped] };
    await tx.query('SAVEPOINT taking');
    const lost = await takeAll(tx, organizationId, kept);
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
): Promise<Set<string>> {
  // First what is credited, so that its days are free for what is billed instead. Nobody voids its invoices meanwhile.
  const cuts = drafts.flatMap(({ draft }) => draft.cuts ?? []);
  const credited = [...new Set(cuts.flatMap((cut) => cut.invoiceId ?? []))].sort();
  for (const invoiceId of credited) await lockInvoice(tx, organizationId, invoiceId);
  const outrun = await findOutrun(tx, organizationId, drafts, credited);
  const standing = await lockBilledUnits(tx, organizationId, cuts);
  await cutBilledUnits(
    tx,
    organizationId,
    cuts.filter((cut) => standing.has(unitKeyText(cut))),
  );
  const taken = await insertBilledUnits(
    tx,
    organizationId,
    drafts.map(({ id, draft }) => ({ id, invoiceId: draft.isSkipped ? null : id, units: draft.units })),
  );
  const isWhole = ({ id, draft }: IdentifiedDraft) =>
    taken.get(id) === draft.units.length && (draft.cuts ?? []).every((cut) => standing.has(unitKeyText(cut)));
  const lost = drafts.filter((one) => !isWhole(one)).map(({ draft }) => draft.customerId);
  const byCustomer = Map.groupBy(drafts, ({ draft }) => draft.customerId);
  const stale = await takeDiscounts(
    tx,
    organizationId,
    [...byCustomer].map(([customerId, own]) => ({
      customerId,
      seen: own.find(({ draft }) => draft.discountUses.length > 0)?.draft.usesSeen ?? [],
      documents: own.map(({ id, draft }) => ({ invoiceId: id, uses: draft.discountUses })),
    })),
  );
  const edited = await takeStoredDrafts(tx, organizationId, drafts);
  return new Set([...outrun, ...lost, ...stale, ...edited]);
}

/** Customers with a credit note that was worked out before another one came to stand on its invoice, which is locked. */
async function findOutrun(
  tx: Transaction,
  organizationId: number,
  drafts: readonly IdentifiedDraft[],
  credited: readonly string[],
): Promise<string[]> {
  const standing = await selectNoteIds(tx, organizationId, credited);
  return drafts.flatMap(({ draft: { customerId, body, notesSeen } }) => {
    const now = standing.get(body.corrects?.id ?? '') ?? [];
    return notesSeen && [...now].sort().join() !== [...notesSeen].sort().join() ? [customerId] : [];
  });
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
