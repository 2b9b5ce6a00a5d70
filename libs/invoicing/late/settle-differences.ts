import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { type LineCredit, leftOf, taxLeftOf } from '../credit/take-back.ts';
import type { DocumentTax, InvoiceDocument } from '../documents/document.ts';
import { type BilledPart, type Difference, isSameTax } from './differences.ts';
import { placeTax, type TaxPlace } from './place-tax.ts';

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
  /** More is given back of its line than it has left. */
  readonly isAll: boolean;
  /** By the tax's place on the part's invoice. */
  readonly taxes: Map<number, Big>;
}

/** A difference with what becomes of it. */
interface Settling {
  readonly difference: Difference;
  readonly takes: readonly Take[];
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
 * more of it, were it for taxes alone.
 *
 * Without such notes and lines all of it has room. To give back: no line has less than no tax, so that all together have what is billed of it,
 * at least. To bill: a tax is rounded from sums that rise only where a line does.
 */
export function settleDifferences(
  differences: readonly Difference[],
  of: InvoiceDocument,
  isBillable: (difference: Difference) => boolean,
): SettledDifferences {
  const takes = takesOf(differences);
  const settling = differences.map((difference, index): Settling => {
    const billed = isBillable(difference) ? new Map<number, Big>() : null;
    return { difference, takes: takes[index] as Take[], billed };
  });
  for (const [place, tax] of of.taxes.entries()) settleTax(settling, place, tax);
  return {
    more: settling.flatMap(({ difference, billed }) =>
      billed !== null && (difference.charged.gt('0') || isAny(billed)) ? [{ ...difference, taxes: billed }] : [],
    ),
    credits: creditsOf(takes.flat().filter(({ amount, taxes }) => amount.gt('0') || isAny(taxes))),
  };
}

const isAny = (taxes: ReadonlyMap<number, Big>): boolean => [...taxes.values()].some((amount) => !amount.eq('0'));

/** What of each part is given back of what was charged. Each invoice has its own bound. */
function takesOf(differences: readonly Difference[]): Take[][] {
  const lefts = new Map<string, Big>();
  return differences.map(({ charged, parts }) => {
    let wanted = larger(charged.neg(), ZERO);
    return parts.map((part): Take => {
      const { invoice, notes } = part;
      const left = lefts.get(invoice.id) ?? sum(invoice.lines.map((line) => chargedLeft({ invoice, notes, line })));
      const amount = larger(least(wanted, chargedLeft(part), left), ZERO);
      lefts.set(invoice.id, left.minus(amount));
      wanted = wanted.minus(amount);
      return { part, amount, isAll: wanted.gt('0'), taxes: new Map() };
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

/** Places a tax on what is billed and given back. */
function settleTax(settling: readonly Settling[], place: number, tax: DocumentTax): void {
  const back = settling.map((one) => placesBack(one, place, tax));
  const places = [...settling.flatMap((one) => placeToBill(one, place)), ...back.flatMap(({ places: own }) => own)];
  const ranked = places.sort((one, other) => one.rank - other.rank || other.size.cmp(one.size));
  const owed = sum(settling.map(({ difference }) => difference.taxes.get(place) ?? ZERO));
  const total = owed.plus(sum(back.map(({ noted }) => noted)));
  const parts = settling.flatMap(({ takes }) => takes.map(({ part }) => part));
  const amounts = placeTax(total, ranked, leftByInvoice(parts, tax));
  for (const [index, { put }] of ranked.entries()) put(amounts[index] as Big);
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

/** Lines that can give something of a tax back, and what other credit notes gave back of what is wanted already. */
function placesBack({ difference, takes }: Settling, place: number, tax: DocumentTax) {
  const { charged, before, taxes } = difference;
  let asked = charged.lt('0') ? larger((taxes.get(place) ?? ZERO).neg(), ZERO) : ZERO;
  const notedBefore: Big[] = [];
  const places = takes.flatMap(({ part, amount, isAll, taxes: given }): RankedPlace[] => {
    const own = part.line.taxes.find((each) => isTaxOf(part, each.tax, tax))?.tax;
    if (own === undefined) return [];
    const left = larger(taxLeft(part, own), ZERO);
    notedBefore.push(taxLeft({ ...part, notes: part.notes.filter(({ corrects }) => corrects?.late) }, own).minus(left));
    const wanted = isAll ? left : least(asked, left);
    asked = larger(asked.minus(wanted), ZERO);
    return [
      {
        wanted: wanted.neg(),
        least: left.neg(),
        most: ZERO,
        invoiceId: part.invoice.id,
        rank: rankOf(amount.gt('0'), before.plus(charged).gt('0')),
        size: amount,
        put: (back) => given.set(own, back.neg()),
      },
    ];
  });
  return { places, noted: least(asked, larger(sum(notedBefore), ZERO)) };
}

/** First what changed and of which something stays billed: there a cent more or less of tax finds its place. */
const rankOf = (isChanged: boolean, isStaying: boolean): number => (isChanged ? 0 : 2) + (isStaying ? 0 : 1);

const isTaxOf = ({ invoice }: BilledPart, place: number, wanted: DocumentTax): boolean =>
  isSameTax(invoice.taxes[place] as DocumentTax, wanted);

const taxLeft = ({ invoice, notes, line }: BilledPart, tax: number): Big => taxLeftOf(invoice, notes, line, tax);

/** What of a tax is left on invoices, lines below zero taken off. */
function leftByInvoice(parts: readonly BilledPart[], wanted: DocumentTax): ReadonlyMap<string, Big> {
  const invoices = new Map(parts.map((part) => [part.invoice.id, part]));
  return new Map(
    [...invoices].map(([id, { invoice, notes }]) => {
      const lefts = invoice.lines.flatMap((line) =>
        line.taxes
          .filter(({ tax }) => isTaxOf({ invoice, notes, line }, tax, wanted))
          .map(({ tax }) => taxLeftOf(invoice, notes, line, tax)),
      );
      return [id, larger(sum(lefts), ZERO)];
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
