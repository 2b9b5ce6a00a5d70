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
  /**
   * By place in the first document's taxes. Only their sums over all lines are owed: a tax is rounded once for all, and a cent of it may move
   * between lines of which nothing else changed.
   */
  readonly taxes: ReadonlyMap<number, Big>;
}

/**
 * Line by line, what a document should bill less what is billed so far, with corrections for earlier late usage; what was credited for
 * other reasons is not billed again. `should`: the document reassembled, its taxes in their places.
 */
export function differences(
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
  return [...new Set([...parts.keys(), ...lines.keys()])].map((key) =>
    compare(lines.get(key) ?? null, parts.get(key) ?? [], invoice),
  );
}

function compare(line: DocumentLine | null, parts: readonly BilledPart[], document: InvoiceDocument): Difference {
  const now = line === null ? new Big('0') : chargedOf(line);
  const before = sum(parts.map(chargedSoFar));
  const taxes = new Map<number, Big>();
  const add = (place: number, amount: Big) => taxes.set(place, (taxes.get(place) ?? new Big('0')).plus(amount));
  for (const part of parts)
    for (const { tax, amount } of taxesSoFar(part)) {
      const place = document.taxes.findIndex((own) => isSameTax(own, tax));
      if (place !== -1) add(place, new Big(amount).neg());
    }
  for (const { tax, amount } of line?.taxes ?? []) add(tax, new Big(amount));
  return { line, parts, before, charged: now.minus(before), taxes };
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
