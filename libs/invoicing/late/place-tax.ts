import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';

/** Where something of a tax can be billed (above zero) or given back (below zero). */
export interface TaxPlace {
  /** What would be placed there if nothing else were looked at; within the bounds. */
  readonly wanted: Big;
  readonly least: Big;
  /** Null: any amount. */
  readonly most: Big | null;
  /** Id of the invoice on which it gives back; null where it bills. */
  readonly invoiceId: string | null;
}

/**
 * What is placed where, so that it comes to `total`: what the places want, and what is missing to the total on the first places that have room
 * for it. What no place has room for stays out. `lefts`: what of the tax can be given back on an
 * invoice, all its lines together; less what is given back by this, afterwards.
 */
export function placeTax(total: Big, places: readonly TaxPlace[], lefts: Map<string, Big>): Big[] {
  const amounts = places.map(() => ZERO);
  const add = (index: number, asked: Big): Big => {
    const { least, most, invoiceId } = places[index] as TaxPlace;
    const now = amounts[index] as Big;
    const lower = invoiceId === null ? least : larger(least, now.minus(lefts.get(invoiceId) ?? ZERO));
    const next = larger(lower, most === null ? now.plus(asked) : smaller(most, now.plus(asked)));
    const change = next.minus(now);
    if (invoiceId !== null) lefts.set(invoiceId, (lefts.get(invoiceId) ?? ZERO).plus(change));
    amounts[index] = next;
    return change;
  };
  for (const [index, { wanted }] of places.entries()) add(index, wanted);
  let missing = total.minus(sum(amounts));
  for (const index of places.keys()) {
    if (missing.eq('0')) break;
    missing = missing.minus(add(index, missing));
  }
  return amounts;
}

const ZERO = new Big('0');

const larger = (one: Big, other: Big): Big => (one.gt(other) ? one : other);
const smaller = (one: Big, other: Big): Big => (one.lt(other) ? one : other);
