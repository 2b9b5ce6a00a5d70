import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import type { DocumentLine, DocumentTax, InvoiceDocument } from '../documents/document.ts';
import type { Settled } from '../settle/settle-lines.ts';
import { lineKey, unitId, unitIdOf } from './line-key.ts';
import type { RatedAgain } from './reassemble.ts';

/** What live documents bill of the period of one: itself, and later invoices that adjust it, each with all its credit notes. */
export interface BilledSoFar {
  readonly first: CreditedInvoice;
  readonly later: readonly CreditedInvoice[];
}

/** A line that bills a part of something, with the invoice on which it stands. */
export interface BilledPart extends CreditedInvoice {
  readonly line: DocumentLine;
}

/** What is billed too little (above zero) or too much (below) of one line of a document. */
export interface Difference {
  /** As it should be; null when there should be none. */
  readonly line: DocumentLine | null;
  /** That bill it so far, the first document's own first. */
  readonly parts: readonly BilledPart[];
  /** After discounts; with taxes where amounts contain them. */
  readonly charged: Big;
  /** What `charged` is a difference to. */
  readonly before: Big;
  /** By place in the first document's taxes. */
  readonly taxes: ReadonlyMap<number, Big>;
}

interface Compared extends Difference {
  readonly now: Big;
  readonly taxes: Map<number, Big>;
  /** What is billed of each tax so far. */
  readonly taxed: ReadonlyMap<number, Big>;
}

/**
 * Line by line, what a document should bill less what is billed so far, with corrections for earlier late usage; what was credited for
 * other reasons is not billed again. Taxes are compared as their totals: a cent that their rounding moves between lines of which nothing
 * else changed goes with one that changed, if there is one that is still billed. `should`: the document reassembled, its taxes in their places.
 */
export function differences(
  should: Pick<Settled, 'lines'>,
  billed: BilledSoFar,
  ratedAgain: readonly RatedAgain[],
): Difference[] {
  const isMore = ({ charged, taxes }: Difference) =>
    !charged.eq('0') || [...taxes.values()].some((tax) => !tax.eq('0'));
  return compareLines(should, billed, ratedAgain).filter(isMore);
}

/** The same of every line, also of those that are billed as they should be. */
export function compareLines(
  should: Pick<Settled, 'lines'>,
  billed: BilledSoFar,
  ratedAgain: readonly Omit<RatedAgain, 'lines'>[],
): Difference[] {
  const { invoice } = billed.first;
  const units = new Set([...invoice.lines.filter(isOwn).map(unitIdOf), ...ratedAgain.map(unitId)]);
  const byHand = invoice.lines.filter(isByHand).map(({ position }) => position);
  const parts = Map.groupBy(partsOf(billed, units), ({ line }) => keyOf(line, byHand));
  const handAgain = should.lines.filter(isByHand).map(({ position }) => position);
  const lines = new Map(should.lines.map((line) => [keyOf(line, handAgain), line]));
  const compared = [...new Set([...parts.keys(), ...lines.keys()])].map((key) =>
    compare(lines.get(key) ?? null, parts.get(key) ?? [], invoice),
  );
  for (const tax of invoice.taxes.keys()) moveCents(compared, tax);
  return compared;
}

/** What of a tax moved between lines that did not change, or on one that fell although the tax did not, goes to one line. */
function moveCents(compared: readonly Compared[], tax: number): void {
  const taxed = compared.filter(({ taxes }) => taxes.has(tax));
  const taxOf = ({ taxes }: Compared): Big => taxes.get(tax) as Big;
  const moved = taxed.filter((each) => each.charged.eq('0') || !canBear(each, tax, taxOf(each)));
  const cents = sum(moved.map(taxOf));
  for (const { taxes } of moved) taxes.set(tax, new Big('0'));
  if (cents.eq('0')) return;
  const candidates = taxed.sort(byRoom(new Set(compared.filter(({ charged }) => !charged.eq('0')))));
  const bearer = candidates.find((each) => canBear(each, tax, taxOf(each).plus(cents))) ?? candidates[0];
  bearer?.taxes.set(tax, taxOf(bearer).plus(cents));
}

/** A credit note takes no tax and gives back no more than was billed; an adjustment needs a line. */
function canBear({ charged, line, taxed }: Compared, tax: number, amount: Big): boolean {
  if (amount.gt('0')) return line !== null && charged.gte('0');
  return amount.eq('0') || charged.gt('0') || (taxed.get(tax) ?? new Big('0')).plus(amount).gte('0');
}

/** First what changed and of which something stays billed: there a cent more or less of tax finds its place. Then what stays billed as it is. */
const byRoom =
  (changed: ReadonlySet<Compared>) =>
  (one: Compared, other: Compared): number => {
    const room = (each: Compared): number => (each.now.eq('0') ? 2 : changed.has(each) ? 0 : 1);
    return room(one) - room(other) || other.charged.abs().cmp(one.charged.abs()) || other.now.cmp(one.now);
  };

function compare(line: DocumentLine | null, parts: readonly BilledPart[], document: InvoiceDocument): Compared {
  const now = line === null ? new Big('0') : chargedOf(line);
  const before = sum(parts.map(chargedSoFar));
  const taxed = new Map<number, Big>();
  for (const part of parts)
    for (const { tax, amount } of taxesSoFar(part)) {
      const place = document.taxes.findIndex((own) => isSameTax(own, tax));
      if (place !== -1) taxed.set(place, (taxed.get(place) ?? new Big('0')).plus(amount));
    }
  const taxes = new Map([...taxed].map(([place, amount]) => [place, amount.neg()]));
  for (const { tax, amount } of line?.taxes ?? []) taxes.set(tax, (taxes.get(tax) ?? new Big('0')).plus(amount));
  return { line, parts, now, before, charged: now.minus(before), taxes, taxed };
}

const isOwn = ({ kind }: DocumentLine): boolean => kind !== 'adjustment';
const isByHand = ({ kind }: DocumentLine): boolean => kind === 'manual';

/** Lines of the document, and adjustments of its units wherever they stand. */
function partsOf({ first, later }: BilledSoFar, units: ReadonlySet<string>): BilledPart[] {
  const adjusts = (line: DocumentLine) =>
    line.adjusts === 'manual' ? line.of?.id === first.invoice.id : line.adjusts && units.has(unitIdOf(line));
  const own = first.invoice.lines.filter(isOwn).map((line) => ({ ...first, line }));
  const less = first.invoice.lines.filter(adjusts).map((line) => ({ ...first, line }));
  const adjusting = later.flatMap((on) => on.invoice.lines.filter(adjusts).map((line) => ({ ...on, line })));
  // One that was issued anew bills what others left: what is given back is given back there first.
  return less.length > 0 ? [...adjusting, ...own, ...less] : [...own, ...adjusting];
}

/** What was entered by hand has no unit: its place among its like is its name. `byHand`: the positions of those. */
function keyOf(line: DocumentLine, byHand: readonly number[]): string {
  if (isByHand(line)) return `manual ${byHand.indexOf(line.position)}`;
  return line.adjusts === 'manual' ? `manual ${byHand.indexOf(line.of?.position as number)}` : lineKey(line);
}

const chargedOf = ({ amount, discount }: Pick<DocumentLine, 'amount' | 'discount'>): Big =>
  new Big(amount).minus(discount);

const correctionsOn = ({ line, notes }: BilledPart): { note: InvoiceDocument; noted: DocumentLine }[] =>
  notes
    .filter(({ corrects }) => corrects?.late)
    .flatMap((note) => note.lines.filter(({ of }) => of?.position === line.position).map((noted) => ({ note, noted })));

const chargedSoFar = (part: BilledPart): Big =>
  sum([chargedOf(part.line), ...correctionsOn(part).map(({ noted }) => chargedOf(noted))]);

function taxesSoFar(part: BilledPart): { readonly tax: DocumentTax; readonly amount: string }[] {
  const of = (document: InvoiceDocument, line: DocumentLine) =>
    line.taxes.map(({ tax, amount }) => ({ tax: document.taxes[tax] as DocumentTax, amount }));
  return [...of(part.invoice, part.line), ...correctionsOn(part).flatMap(({ note, noted }) => of(note, noted))];
}

/** Whether two documents speak of one tax. */
export const isSameTax = (one: DocumentTax, other: DocumentTax): boolean =>
  one.key === other.key &&
  one.name === other.name &&
  one.percent === other.percent &&
  one.inclusive === other.inclusive;
