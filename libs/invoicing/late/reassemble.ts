import { leftBesideOthers } from '#libs/catalog/discount.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import type { Bill, Settleable } from '#libs/pricing/totals/bill.ts';
import { settle } from '#libs/pricing/totals/settle.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentDiscount, DocumentLine, InvoiceDocument } from '../documents/document.ts';
import type { RatedLine, Settled, SettlementTerms } from '../settle/settle-lines.ts';
import { unitId, unitIdOf } from './line-key.ts';

/** A unit of a document, rated again from newer usage. */
export interface RatedAgain {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  readonly serviceFrom: string;
  /** One at least. */
  readonly lines: readonly RatedLine[];
}

/**
 * Discounts and taxes of which it is known for which charges they are. Neither changes once it is used. `uses`: what other documents take of the
 * discounts.
 */
export type KnownTerms = Pick<SettlementTerms, 'discounts' | 'rateEntries' | 'uses'>;

/** A line on its way, with the places (from 0) in the document of the lines that it stands for. */
interface Slot {
  readonly line: RatedLine;
  readonly was: readonly number[];
}

/**
 * A finalized invoice as it would be with these units rated anew: fees and what was entered by hand as printed, discounts and taxes as
 * printed, shared out again; of an amount off no more than others leave of it by now. Adjustments of earlier documents are left out: they bill other periods. Taxes keep their places. With equal
 * lines it is the document, to the cent.
 */
export function reassemble(printed: InvoiceDocument, rated: readonly RatedAgain[], known: KnownTerms): Settled {
  const { currency } = printed;
  const document = { ...printed, discounts: printed.discounts.map((discount) => asFarAsLeft(discount, known)) };
  const slots = slotsOf(document, rated);
  const taxed = slots.map((slot) => taxesOf(slot, document, known));
  const discounted = document.discounts.map((discount) => placesOf(discount, slots, document, known));
  const bill = settle(
    slots.map(({ line }, place) => ({ charge: String(place), amount: new Big(line.amount) })),
    {
      currency,
      discounts: document.discounts.map(({ name, percent, amount }, index) => ({
        name,
        ...(percent !== undefined ? { percent } : { amount }),
        charges: (discounted[index] as number[]).map(String),
      })),
      taxRates: document.taxes.map(({ name, percent, inclusive }, tax) => ({
        name,
        percent,
        inclusive,
        charges: taxed.flatMap((taxes, place) => (taxes.includes(tax) ? [String(place)] : [])),
      })),
      taxTreatment: document.tax_treatment,
      prepaidBalance: new Big('0'),
    },
  );
  const money = (amount: Big): string => amountText(amount, currency);
  const { totals } = bill;
  return {
    lines: slots.map(({ line }, place) => lineOf(line, place, bill, taxed[place] as number[], money)),
    discounts: document.discounts.map((discount, index) => ({
      ...discount,
      lines: (discounted[index] as number[]).map((place) => place + 1),
      taken: money((bill.discounts[index] as Bill['discounts'][number]).amount),
    })),
    taxes: document.taxes.map((tax, index) => ({ ...tax, ...sumsOf(bill, index, money) })),
    tax_treatment: document.tax_treatment,
    ...(document.tax_treatment_reason !== undefined && { tax_treatment_reason: document.tax_treatment_reason }),
    subtotal: money(totals.subtotal),
    discount_total: money(totals.discountTotal),
    total_excluding_tax: money(totals.totalExcludingTax),
    tax_total: money(totals.taxTotal),
    total: money(totals.total),
  };
}

/** A discount as printed, but for what other documents took of it meanwhile. */
function asFarAsLeft(discount: DocumentDiscount, { discounts, uses }: KnownTerms): DocumentDiscount {
  const { id, period, amount } = discount;
  const terms = discounts.find((one) => one.id === id);
  if (terms === undefined || period === undefined) return discount;
  const others = uses.filter(({ discountId }) => discountId === id);
  const left = leftBesideOthers(terms, period, others);
  if (left === null) return discount;
  if (amount === undefined) return left.eq('0') ? { ...discount, percent: '0' } : discount;
  return left.lt(amount) ? { ...discount, amount: decimalString(left) } : discount;
}

const sumsOf = (bill: Bill<Settleable>, tax: number, money: (amount: Big) => string) => {
  const found = bill.taxes[tax];
  return { base: money(found?.base ?? sum([])), amount: money(found?.amount ?? sum([])) };
};

function lineOf(
  line: RatedLine,
  place: number,
  bill: Bill<Settleable>,
  own: readonly number[],
  money: (amount: Big) => string,
): DocumentLine {
  const { discount, net, taxes } = bill.lines[place] as Bill<Settleable>['lines'][number];
  return {
    position: place + 1,
    ...line,
    discount: money(discount),
    net: money(net),
    taxes:
      bill.taxes.length === 0
        ? []
        : own.map((tax, index) => ({ tax, amount: money((taxes[index] as (typeof taxes)[number]).amount) })),
  };
}

/** The lines in the order in which they stood; a unit's new lines where its old ones began. */
function slotsOf(document: InvoiceDocument, rated: readonly RatedAgain[]): Slot[] {
  const again = new Map(rated.map((unit) => [unitId(unit), unit]));
  const wasOf = Map.groupBy(
    document.lines.flatMap((line, place) => (line.kind === 'adjustment' ? [] : [{ id: unitIdOf(line), place }])),
    ({ id }) => id,
  );
  const slots: Slot[] = [];
  const done = new Set<string>();
  for (const [place, line] of document.lines.entries()) {
    if (line.kind === 'adjustment') continue;
    const id = unitIdOf(line);
    const unit = again.get(id);
    if (unit === undefined) slots.push({ line: withoutShares(line), was: [place] });
    else if (!done.has(id)) slots.push(...newSlots(unit, wasOf.get(id)));
    done.add(id);
  }
  for (const [id, unit] of again)
    if (!done.has(id)) slots.splice(placeFor(unit, slots), 0, ...newSlots(unit, undefined));
  // As when it was assembled: a minimum of the plan that is reached needs no words beside others.
  const telling = slots.filter(({ line: { kind, steps } }) => kind !== 'commitment' || steps.length > 0);
  return telling.length > 0 ? telling : slots;
}

const newSlots = (unit: RatedAgain, was: readonly { readonly place: number }[] = []): Slot[] =>
  unit.lines.map((line) => ({ line, was: was.map(({ place }) => place) }));

/** A minimum that was reached had no line: it stands behind the lines of its subscription that began no later. */
function placeFor(unit: RatedAgain, slots: readonly Slot[]): number {
  const last = slots.findLastIndex(
    ({ line }) =>
      line.subscription_id === unit.subscriptionId &&
      Date.parse(line.service_from as string) <= Date.parse(unit.serviceFrom),
  );
  return last === -1 ? slots.length : last + 1;
}

function withoutShares({ position: _position, discount: _discount, net: _net, taxes: _taxes, ...line }: DocumentLine) {
  return line;
}

/** The places of the slots that a discount is for. */
function placesOf(
  discount: DocumentDiscount,
  slots: readonly Slot[],
  document: InvoiceDocument,
  { discounts }: KnownTerms,
): number[] {
  const was = new Set(discount.lines.map((position) => position - 1));
  const isLimited = discounts.some(({ id, charges }) => id === discount.id && charges !== null);
  return slots.flatMap((slot, place) => (isMeant(slot, was, isLimited, document) ? [place] : []));
}

function taxesOf(slot: Slot, document: InvoiceDocument, { rateEntries }: KnownTerms): number[] {
  return document.taxes.flatMap((tax, index) => {
    const was = document.lines.flatMap((line, place) => (line.taxes.some((part) => part.tax === index) ? [place] : []));
    const isLimited = rateEntries.some(
      ({ key, name, percent, charges }) =>
        key === tax.key && name === tax.name && percent === tax.percent && charges !== null,
    );
    return isMeant(slot, new Set(was), isLimited, document) ? [index] : [];
  });
}

/**
 * Whether a slot has what the lines at these places had. What had no line is a minimum of a plan: it has what all lines of its subscription
 * had, unless that is known to be for some charges alone.
 */
function isMeant(slot: Slot, places: ReadonlySet<number>, isLimited: boolean, document: InvoiceDocument): boolean {
  if (slot.was.length > 0) return slot.was.some((place) => places.has(place));
  const own = standsFor(slot, document);
  return !isLimited && own.length > 0 && own.every((place) => places.has(place));
}

function standsFor({ line }: Slot, document: InvoiceDocument): readonly number[] {
  return document.lines.flatMap((each, place) =>
    each.kind !== 'adjustment' && each.subscription_id === line.subscription_id ? [place] : [],
  );
}
