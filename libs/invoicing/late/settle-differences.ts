import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { type LineCredit, leftOf, taxLeftOf } from '../credit/take-back.ts';
import type { DocumentLine, DocumentTax, InvoiceDocument } from '../documents/document.ts';
import { type BilledPart, type Difference, isSameTax } from './differences.ts';
import { placeTax, type TaxPlace } from './place-tax.ts';
import { taxesHeldBack } from './taxes-held-back.ts';

/** What is to be given back on one invoice. */
export interface InvoiceCredits extends CreditedInvoice {
  readonly credits: readonly LineCredit[];
}

/** Differences as documents can bear them. */
export interface SettledDifferences {
  /** What is to be billed, its taxes as they are to stand on its line: none below zero. */
  readonly more: readonly Difference[];
  readonly credits: readonly InvoiceCredits[];
}

/** What is given back of a part. */
interface Take {
  readonly part: BilledPart;
  /** Without added taxes. */
  readonly amount: Big;
  /** What the part has left. */
  readonly of: Big;
  /** By the tax's place on the part's invoice. */
  readonly taxes: Map<number, Big>;
}

/** A difference with what becomes of it. */
interface Settling {
  readonly difference: Difference;
  readonly takes: readonly Take[];
  /** What of the difference has no room to be given back, without added taxes. */
  readonly heldBack: Big;
  /** Of taxes that are billed, by place in the first document's; null where none can be. */
  readonly billed: Map<number, Big> | null;
}

/** Of two places the one of lower rank and greater size is looked at first. */
interface RankedPlace extends TaxPlace {
  readonly rank: number;
  readonly size: Big;
  readonly put: (amount: Big) => void;
}

const ZERO = new Big('0');

/**
 * Where differences go: what is too little on lines to be billed, what is too much back on the lines that billed it, the document's own first.
 * Amounts are settled line by line, each tax as one sum: a line has first what it differs by itself, and what does not fit there goes where there
 * is room, since no line gives back more of a tax than stands on it. What credit notes of other kinds gave back is not given back twice, and
 * nothing comes to more than is left of its invoice, of which lines below zero took something off. `isBillable`: whether there can be a line for
 * more of it, were it for taxes alone. `should`: all lines of the document as it should be.
 *
 * What has no room stays billed, and is taxed as what it is: taxes are owed as of a document with the lines as they come to stand. So looking
 * again finds the same taxes owed as are billed, and nothing to move.
 *
 * Without such notes and lines all of it has room. To give back: no line has less than no tax, so that all together have what is billed of it,
 * at least. To bill: a tax is rounded from sums that rise only where a line does.
 */
export function settleDifferences(
  differences: readonly Difference[],
  should: readonly DocumentLine[],
  of: InvoiceDocument,
  isBillable: (difference: Difference) => boolean,
): SettledDifferences {
  const gross = new Map<string, Big>();
  for (const { invoice, notes } of differences.flatMap(({ parts }) => parts))
    gross.set(invoice.id, sum([...leftOf(invoice, notes).values()]));
  const takes = takesOf(differences, gross);
  const settling = differences.map((difference, index): Settling => {
    const billed = isBillable(difference) ? new Map<number, Big>() : null;
    const own = takes[index] as Take[];
    const wanted = larger(difference.charged.neg(), ZERO);
    return { difference, takes: own, billed, heldBack: wanted.minus(sum(own.map(({ amount }) => amount))) };
  });
  const held = taxesHeldBack(
    should,
    settling.filter(({ heldBack }) => heldBack.gt('0')),
    of,
  );
  for (const [place, tax] of of.taxes.entries()) {
    const owed = sum(differences.map(({ taxes }) => taxes.get(place) ?? ZERO));
    settleTax(settling, place, tax, owed.plus(held.get(place) ?? ZERO), gross);
  }
  return {
    more: settling.flatMap(({ difference, billed }) =>
      billed !== null && (difference.charged.gt('0') || isAny(billed)) ? [{ ...difference, taxes: billed }] : [],
    ),
    credits: creditsOf(takes.flat().filter(({ amount, taxes }) => amount.gt('0') || isAny(taxes))),
  };
}

const isAny = (taxes: ReadonlyMap<number, Big>): boolean => [...taxes.values()].some((amount) => !amount.eq('0'));

/** What of each part is given back of what was charged. `gross`: what is left of each invoice, with its taxes; less that, afterwards. */
function takesOf(differences: readonly Difference[], gross: Map<string, Big>): Take[][] {
  const lefts = new Map<string, Big>();
  return differences.map(({ charged, parts }) => {
    let wanted = larger(charged.neg(), ZERO);
    return parts.map((part): Take => {
      const { invoice, notes } = part;
      const { id } = invoice;
      const left = lefts.get(id) ?? sum(invoice.lines.map((line) => chargedLeft({ invoice, notes, line })));
      const of = chargedLeft(part);
      const amount = larger(least(wanted, of, left, gross.get(id) as Big), ZERO);
      lefts.set(id, left.minus(amount));
      gross.set(id, (gross.get(id) as Big).minus(amount));
      wanted = wanted.minus(amount);
      return { part, amount, of, taxes: new Map() };
    });
  });
}

/** What of a billed line no credit note of any kind gave back yet, without added taxes. */
function chargedLeft({ invoice, notes, line }: BilledPart): Big {
  const gross = leftOf(invoice, notes).get(line.position) as Big;
  const added = line.taxes.flatMap(({ tax }) =>
    invoice.taxes[tax]?.inclusive ? [] : [taxLeftOf(invoice, notes, line, tax)],
  );
  return gross.minus(sum(added));
}

/** Places what is owed of a tax on what is billed and given back. */
function settleTax(
  settling: readonly Settling[],
  place: number,
  tax: DocumentTax,
  owed: Big,
  gross: Map<string, Big>,
): void {
  const parts = settling.flatMap(({ takes }) => takes.map(({ part }) => part));
  const before = leftByInvoice(parts, tax, gross);
  const left = new Map(before);
  const places = settling
    .flatMap((one) => [...placeToBill(one, place), ...placesBack(one, place, tax)])
    .sort((one, other) => one.rank - other.rank || other.size.cmp(one.size));
  for (const [index, amount] of placeTax(owed, places, left).entries()) (places[index] as RankedPlace).put(amount);
  if (tax.inclusive) return;
  for (const [id, was] of before) gross.set(id, (gross.get(id) as Big).minus(was).plus(left.get(id) as Big));
}

/** A line that is billed more. One that only has cents of tax comes after those that have more. */
function placeToBill({ difference: { line, charged, before, taxes }, billed }: Settling, place: number): RankedPlace[] {
  if (billed === null || !line?.taxes.some(({ tax }) => tax === place)) return [];
  return [
    {
      wanted: charged.gt('0') ? larger(taxes.get(place) ?? ZERO, ZERO) : ZERO,
      least: ZERO,
      most: null,
      invoiceId: null,
      rank: rankOf(charged.gt('0'), before.plus(charged).gt('0')),
      size: charged.abs(),
      put: (amount) => billed.set(place, amount),
    },
  ];
}

/** Lines that can give something of a tax back. */
function placesBack({ difference, takes, heldBack }: Settling, place: number, tax: DocumentTax): RankedPlace[] {
  const { charged, before, taxes } = difference;
  let asked = charged.lt('0') ? larger((taxes.get(place) ?? ZERO).neg(), ZERO) : ZERO;
  return takes.flatMap(({ part, amount, of, taxes: given }): RankedPlace[] => {
    const { invoice, notes, line } = part;
    const own = line.taxes.find((each) => isTaxOf(part, each.tax, tax))?.tax;
    if (own === undefined) return [];
    const left = larger(taxLeftOf(invoice, notes, line, own), ZERO);
    const share = of.gt('0') ? roundToCurrency(left.times(amount).div(of), invoice.currency) : ZERO;
    const wanted = heldBack.gt('0') ? share : least(asked, left);
    asked = larger(asked.minus(wanted), ZERO);
    return [
      {
        wanted: wanted.neg(),
        least: left.neg(),
        most: ZERO,
        invoiceId: invoice.id,
        rank: rankOf(amount.gt('0'), before.plus(charged).gt('0')),
        size: amount,
        put: (back) => given.set(own, back.neg()),
      },
    ];
  });
}

/** First what changed and of which something stays billed: there a cent more or less of tax finds its place. */
const rankOf = (isChanged: boolean, isStaying: boolean): number => (isChanged ? 0 : 2) + (isStaying ? 0 : 1);

const isTaxOf = ({ invoice }: BilledPart, place: number, wanted: DocumentTax): boolean =>
  isSameTax(invoice.taxes[place] as DocumentTax, wanted);

/** What of a tax is left on invoices, lines below zero taken off, and of the invoice itself. */
function leftByInvoice(
  parts: readonly BilledPart[],
  wanted: DocumentTax,
  gross: ReadonlyMap<string, Big>,
): Map<string, Big> {
  const invoices = new Map(parts.map((part) => [part.invoice.id, part]));
  return new Map(
    [...invoices].map(([id, { invoice, notes }]) => {
      const lefts = invoice.lines.flatMap((line) =>
        line.taxes
          .filter(({ tax }) => isTaxOf({ invoice, notes, line }, tax, wanted))
          .map(({ tax }) => taxLeftOf(invoice, notes, line, tax)),
      );
      const left = sum(lefts);
      return [id, larger(wanted.inclusive ? left : least(left, gross.get(id) as Big), ZERO)];
    }),
  );
}

function creditsOf(takes: readonly Take[]): InvoiceCredits[] {
  return [...Map.groupBy(takes, ({ part }) => part.invoice.id).values()].map((own) => {
    const [{ part }] = own as [Take];
    return { invoice: part.invoice, notes: part.notes, credits: own.map(creditOf) };
  });
}

function creditOf({ part: { invoice, line }, amount, taxes }: Take): LineCredit {
  const added = [...taxes].flatMap(([tax, back]) => (invoice.taxes[tax]?.inclusive ? [] : [back]));
  return { position: line.position, gross: amount.plus(sum(added)), taxes };
}

const larger = (one: Big, other: Big): Big => (one.gt(other) ? one : other);
const least = (...amounts: readonly Big[]): Big => amounts.reduce((one, other) => (one.lt(other) ? one : other));
