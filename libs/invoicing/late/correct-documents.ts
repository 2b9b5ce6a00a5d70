import type { DiscountUse } from '#libs/catalog/discount-schema.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import { creditNoteBody } from '../credit/cancellation.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { takeBack } from '../credit/take-back.ts';
import type { InvoiceDraft, Surroundings } from '../documents/assemble.ts';
import type { CountedPart, InvoiceDocument } from '../documents/document.ts';
import { type DueUnit, unitKeyOf } from '../due/due-unit.ts';
import { rateUnit } from '../rate/rate.ts';
import { rateCommitment } from '../rate/rate-commitment.ts';
import type { RatedLine } from '../settle/settle-lines.ts';
import { adjustmentLine, type FixedLine } from './adjustment.ts';
import { countedAfter } from './counted-after.ts';
import { type BilledSoFar, type Difference, differences } from './differences.ts';
import type { LateDocument, SettledUnit, UnitState } from './late-document.ts';
import { type RatedAgain, reassemble } from './reassemble.ts';
import { type InvoiceCredits, settleDifferences } from './settle-differences.ts';
import { usageSeenOnLines } from './usage-seen.ts';
import { usesAfter } from './uses-after.ts';
import { usesTaken } from './uses-taken.ts';

/** Lines for a later invoice of the customer, taxed as the document that they adjust. */
export interface Adjustments {
  readonly of: InvoiceDocument;
  readonly lines: readonly FixedLine[];
}

/** What a customer's late usage comes to. */
export interface Corrections {
  /** Credit notes, one for each invoice on which something is given back. */
  readonly notes: readonly InvoiceDraft[];
  readonly adjustments: readonly Adjustments[];
  readonly units: readonly SettledUnit[];
  /** What coupons take off of these invoices by now, with all that adjusts them. */
  readonly uses: readonly { readonly invoiceId: string; readonly uses: readonly DiscountUse[] }[];
  /** What had been taken of coupons before any of this. */
  readonly usesSeen: readonly DiscountUse[];
  /** Invoices that were looked at, with the number of credit notes on each. */
  readonly seen: readonly { readonly invoiceId: string; readonly notes: number }[];
}

export const NO_CORRECTIONS: Corrections = { notes: [], adjustments: [], units: [], uses: [], usesSeen: [], seen: [] };

export const LATE_REASON = 'Usage that came or was corrected later';

/** A unit with its lines as they would be now. */
interface Again {
  readonly unit: DueUnit;
  readonly lines: readonly RatedLine[];
  readonly was: UnitState;
  readonly now: UnitState;
}

/**
 * Reassembles documents with newer usage and takes the differences: increases as lines of a later invoice, decreases as credit notes.
 * `made`: credit notes on these invoices that are about to be issued. @throws CannotBill
 */
export function correctDocuments(
  documents: readonly LateDocument[],
  surroundings: Surroundings,
  made: readonly InvoiceDraft[] = [],
): Corrections {
  const { settlement } = surroundings;
  const charges = new Map(documents.map((document) => [document, document.units.map(usageAgain)]));
  const changes = [...charges.values()].flat();
  const notes: InvoiceDraft[] = [];
  const adjustments: Adjustments[] = [];
  const units: SettledUnit[] = [];
  const uses: Corrections['uses'][number][] = [];
  // Oldest first, as if none of them had anything of a coupon yet: what each has of it follows from usage alone, whichever way that went.
  const inOrder = oldestFirst(documents);
  for (const [place, document] of inOrder.entries()) {
    const { invoice } = document.billed.first;
    const commitments = document.commitments.map((commitment) => commitmentAgain(commitment, changes, invoice.id));
    const again = [...(charges.get(document) as Again[]), ...commitments];
    units.push(...again.map(({ unit, was, now }) => ({ ...unitKeyOf(unit), invoiceId: invoice.id, was, now })));
    const billed = withNotes(document.billed, [...made, ...notes]);
    const rated = again.map(({ unit, lines }): RatedAgain => ({ ...unitKeyOf(unit), lines }));
    // Of a coupon the next document has what the one before leaves.
    const open = inOrder.slice(place).map(({ billed: { first } }) => ({ invoiceId: first.invoice.id, uses: [] }));
    const taken = usesAfter(settlement.uses, [...uses, ...open]);
    const should = reassemble(invoice, rated, { ...settlement, uses: taken });
    if (invoice.discounts.length > 0) uses.push({ invoiceId: invoice.id, uses: usesTaken(should.discounts) });
    const found = differences(should, billed, rated);
    const { more, credits } = settleDifferences(found, should.lines, invoice, isBillable);
    if (more.length > 0) adjustments.push({ of: invoice, lines: more.map((one) => adjustmentLine(one, invoice)) });
    notes.push(...credits.map((each) => correctionNote(each, surroundings)));
  }
  const looked = documents.flatMap(({ billed: { first, later } }) => [first, ...later]);
  const seen = new Map(looked.map((one) => [one.invoice.id, one.notes.length]));
  return {
    notes,
    adjustments,
    units,
    uses,
    usesSeen: settlement.uses,
    seen: [...seen].map(([invoiceId, count]) => ({ invoiceId, notes: count })),
  };
}

/** The units of one document rated again by the usage of now, its minimums of plans by what was charged meanwhile. */
export function ratedAgain({ billed, units, commitments }: LateDocument) {
  const { id } = billed.first.invoice;
  const changes = units.map(usageAgain);
  const again = [...changes, ...commitments.map((commitment) => commitmentAgain(commitment, changes, id))];
  return again.map(({ unit, lines, now }) => ({
    key: unitKeyOf(unit),
    changeId: unit.changeId,
    pricedBy: unit.pricedBy?.id ?? null,
    lines,
    now,
  }));
}

function usageAgain({ unit, usage, was }: LateDocument['units'][number]): Again {
  const lines = rateUnit(unit, usage);
  const amount = amountText(sum(lines.map((line) => line.amount)), unit.currency);
  return { unit, lines, was, now: { seen: usageSeenOnLines(lines), amount } };
}

function commitmentAgain(
  { unit, was, charged }: LateDocument['commitments'][number],
  changes: readonly Again[],
  ownId: string,
): Again {
  const units = changes.map((one) => ({ ...unitKeyOf(one.unit), was: one.was, now: one.now }));
  const line = rateCommitment(
    unit,
    countedAfter(
      unit,
      charged.map((part) => withoutOwn(part, ownId)),
      units,
    ),
  );
  return { unit, lines: [line], was, now: { seen: null, amount: line.amount } };
}

/** By what is stored, and so for everybody the same. */
const oldestFirst = (documents: readonly LateDocument[]): LateDocument[] =>
  [...documents].sort(
    ({ billed: { first: one } }, { billed: { first: other } }) =>
      one.invoice.issue_date.localeCompare(other.invoice.issue_date) ||
      one.invoice.series_number - other.invoice.series_number ||
      one.invoice.id.localeCompare(other.invoice.id),
  );

const withoutOwn = ({ document, ...part }: CountedPart, ownId: string): CountedPart =>
  document === undefined || document.id === ownId ? part : { document, ...part };

const isBillable = ({ line, charged }: Difference): boolean => line !== null && charged.gte('0');

const withNotes = ({ first, later }: BilledSoFar, drafts: readonly InvoiceDraft[]): BilledSoFar => {
  const complete = ({ invoice, notes }: CreditedInvoice): CreditedInvoice => ({
    invoice,
    notes: [
      ...notes,
      ...drafts.flatMap(({ body }) => (body.corrects?.id === invoice.id ? [body as InvoiceDocument] : [])),
    ],
  });
  return { first: complete(first), later: later.map(complete) };
};

/** The credit note for what was billed too much on an invoice. */
export function correctionNote({ invoice, notes, credits }: InvoiceCredits, surroundings: Surroundings): InvoiceDraft {
  const { customerId, creditsIssuedOn: issueDate, watermark } = surroundings;
  const body = creditNoteBody(invoice, takeBack(invoice, notes, credits), { reason: LATE_REASON, issueDate });
  const corrects = { ...(body.corrects as NonNullable<typeof body.corrects>), late: true as const };
  return {
    customerId,
    units: [],
    discountUses: [],
    usesSeen: [],
    body: { ...body, corrects, watermark },
  };
}
