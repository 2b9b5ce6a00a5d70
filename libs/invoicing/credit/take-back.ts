import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import type { PriceStep } from '#libs/pricing/price-step.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentLine, DocumentTax, InvoiceDocument } from '../documents/document.ts';

/** What a credit note is to give back of a line of its invoice. */
export interface LineCredit {
  readonly position: number;
  /** With all taxes, in whole minor units; with the sign of the line, and no more than is left of it. */
  readonly gross: Big;
  /** How much of it is tax, by the tax's place on the invoice, where that is not simply the line's share. */
  readonly taxes?: ReadonlyMap<number, Big>;
  /** What is said instead of 'credited', without amounts. */
  readonly step?: Omit<PriceStep, 'amount'>;
  readonly service_from?: string;
}

/** The part of a credit note that this decides. */
export type TakenBack = Pick<
  InvoiceDocument,
  'lines' | 'discounts' | 'taxes' | 'subtotal' | 'discount_total' | 'total_excluding_tax' | 'tax_total' | 'total'
>;

/**
 * The lines and sums of the next credit note on an invoice. Per line, tax and discount it is the rounded cumulative share less what earlier
 * notes gave back, so that notes on a whole invoice add up to it to the cent, however it was cut up. `notes`: the earlier ones.
 * @throws RangeError when more is asked for than is left of a line
 */
export function takeBack(
  invoice: InvoiceDocument,
  notes: readonly InvoiceDocument[],
  credits: readonly LineCredit[],
): TakenBack {
  const { currency } = invoice;
  const parts = credits.map((credit) => creditOf(invoice, notes, credit));
  const used = invoice.taxes.flatMap((_, tax) => (parts.some(({ taxes }) => taxes.has(tax)) ? [tax] : []));
  const money = (amount: Big): string => amountText(amount.neg(), currency);
  const lines = parts.map(
    ({ line, amount, discount, net, taxes, credit, isWhole }, index): DocumentLine => ({
      ...withoutEvidence(line, isWhole),
      position: index + 1,
      ...(credit.service_from !== undefined && { service_from: credit.service_from }),
      quantity: isWhole ? line.quantity : '1',
      amount: money(amount),
      discount: money(discount),
      net: money(net),
      taxes: [...taxes].map(([tax, part]) => ({ tax: used.indexOf(tax), amount: money(part) })),
      steps: isWhole ? line.steps.map(negated) : [{ ...stepOf(credit), amount: decimalString(amount.neg()) }],
      of: { id: invoice.id, number: invoice.number, position: line.position },
    }),
  );
  const totalOf = (of: (part: Part) => Big): string => money(sum(parts.map(of)));
  return {
    lines,
    discounts: [],
    taxes: used.map((tax) => {
      const own = parts.filter(({ taxes }) => taxes.has(tax));
      return {
        ...(invoice.taxes[tax] as DocumentTax),
        base: money(sum(own.map(({ net }) => net))),
        amount: money(sum(own.map(({ taxes }) => taxes.get(tax) as Big))),
      };
    }),
    subtotal: totalOf(({ amount }) => amount),
    discount_total: totalOf(({ discount }) => discount),
    total_excluding_tax: totalOf(({ net }) => net),
    tax_total: totalOf(({ taxes }) => sum([...taxes.values()])),
    total: totalOf(({ net, taxes }) => sum([net, ...taxes.values()])),
  };
}

/** What of a tax on a line of an invoice is not given back yet. `tax`: its place on the invoice. */
export function taxLeftOf(
  invoice: InvoiceDocument,
  notes: readonly InvoiceDocument[],
  line: DocumentLine,
  tax: number,
): Big {
  const own = line.taxes.filter((one) => one.tax === tax).map(({ amount }) => amount);
  const before = notes.flatMap((note) =>
    notesOn(line, [note]).map((noted) => taxOf({ note, noted }, invoice.taxes[tax])),
  );
  return sum([...own, ...before]);
}

/** What of each line of an invoice is not given back yet, with all taxes, by position. */
export function leftOf(invoice: InvoiceDocument, notes: readonly InvoiceDocument[]): ReadonlyMap<number, Big> {
  return new Map(
    invoice.lines.map((line) => [line.position, grossOf(line).plus(sum(notesOn(line, notes).map(grossOf)))]),
  );
}

interface Part {
  readonly credit: LineCredit;
  readonly line: DocumentLine;
  readonly amount: Big;
  readonly discount: Big;
  readonly net: Big;
  readonly taxes: ReadonlyMap<number, Big>;
  /** The whole line at once. */
  readonly isWhole: boolean;
}

function creditOf(invoice: InvoiceDocument, notes: readonly InvoiceDocument[], credit: LineCredit): Part {
  const line = invoice.lines[credit.position - 1];
  if (line === undefined) throw new RangeError(`${invoice.number} has no line ${credit.position}`);
  const before = notes.flatMap((note) => notesOn(line, [note]).map((noted) => ({ note, noted })));
  const whole = grossOf(line);
  const cumulative = credit.gross.minus(sum(before.map(({ noted }) => grossOf(noted))));
  const beyond = whole.gte('0')
    ? cumulative.gt(whole) || credit.gross.lt('0')
    : cumulative.lt(whole) || credit.gross.gt('0');
  if (beyond)
    throw new RangeError(
      `line ${line.position} of ${invoice.number} is ${whole.toFixed()}; ${cumulative.toFixed()} of it cannot be given back`,
    );
  const shareOf = (amount: string): Big =>
    cumulative.eq(whole)
      ? new Big(amount)
      : roundToCurrency(new Big(amount).times(cumulative).div(whole), invoice.currency);
  const taxes = new Map(
    line.taxes.map(({ tax, amount }) => [
      tax,
      credit.taxes
        ? (credit.taxes.get(tax) ?? new Big('0'))
        : shareOf(amount).plus(sum(before.map((one) => taxOf(one, invoice.taxes[tax])))),
    ]),
  );
  const discount = shareOf(line.discount).plus(sum(before.map(({ noted }) => noted.discount)));
  const net = credit.gross.minus(sum([...taxes.values()]));
  const contained = sum([...taxes].flatMap(([tax, amount]) => (invoice.taxes[tax]?.inclusive ? [amount] : [])));
  const amount = net.plus(contained).plus(discount);
  return { credit, line, amount, discount, net, taxes, isWhole: before.length === 0 && cumulative.eq(whole) };
}

const grossOf = ({ net, taxes }: Pick<DocumentLine, 'net' | 'taxes'>): Big =>
  sum([net, ...taxes.map(({ amount }) => amount)]);

const notesOn = (line: DocumentLine, notes: readonly InvoiceDocument[]): DocumentLine[] =>
  notes.flatMap((note) => note.lines.filter(({ of }) => of?.position === line.position));

/** What an earlier note gave back of a tax, not positive. */
function taxOf({ note, noted }: { note: InvoiceDocument; noted: DocumentLine }, wanted: DocumentTax | undefined): Big {
  const own = noted.taxes.filter(({ tax }) => {
    const { key, name, percent } = note.taxes[tax] as DocumentTax;
    return key === wanted?.key && name === wanted.name && percent === wanted.percent;
  });
  return sum(own.map(({ amount }) => amount));
}

/** Evidence is of the whole line; a part of it was not counted by itself. */
function withoutEvidence(line: DocumentLine, isWhole: boolean): DocumentLine {
  if (isWhole) return line;
  const { evidence: _evidence, counts: _counts, ...rest } = line;
  return rest;
}

const stepOf = ({ step }: LineCredit): Omit<PriceStep, 'amount'> => step ?? { rule: 'credited', quantity: '1' };

const negated = (step: PriceStep): PriceStep => ({ ...step, amount: decimalString(new Big(step.amount).neg()) });
