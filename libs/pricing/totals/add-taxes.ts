import { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { shareOut } from '#libs/money/share-out.ts';
import { sum } from '#libs/money/sum.ts';
import { isFor, type LineTax, type Settleable, type TaxRate, type TaxTotal } from './bill.ts';

const ZERO = new Big('0');
const HUNDRED = new Big('100');

/** A line after discounts. */
export interface Discounted {
  readonly line: Settleable;
  readonly amount: Big;
}

/**
 * Each rate's tax on the sum of the lines it is for, rounded once, and shared over these lines so that their parts add up to it. A tax that
 * is contained is what it would be on the amount without all taxes contained in it: gross − gross ÷ (1 + Σ rates).
 */
export function addTaxes(
  lines: readonly Discounted[],
  rates: readonly TaxRate[],
  currency: string,
): {
  readonly taxes: readonly TaxTotal[];
  readonly byLine: readonly (readonly LineTax[])[];
  readonly nets: readonly Big[];
} {
  const byLine: LineTax[][] = lines.map(() => []);
  const divisors = lines.map(({ line }) => divisorOf(line, rates));
  const amounts = rates.map(({ name, percent, ...rate }) => {
    const places = lines.flatMap(({ line }, index) => (isFor(rate, line) ? [index] : []));
    const amount = roundToCurrency(taxOfAll(places, lines, divisors, percent), currency);
    const shares = places.map((index) => taxOf((lines[index] as Discounted).amount, percent, divisors[index] as Big));
    for (const [at, part] of shareOut(amount, shares, currency).entries())
      (byLine[places[at] as number] as LineTax[]).push({ name, percent, amount: part });
    return { amount, places };
  });
  const nets = lines.map(({ amount }, index) =>
    (divisors[index] as Big).eq(HUNDRED)
      ? amount
      : (byLine[index] as LineTax[]).reduce((net, tax) => net.minus(tax.amount), amount),
  );
  const taxes = rates.map(({ name, percent, inclusive }, index): TaxTotal => {
    const { amount, places } = amounts[index] as (typeof amounts)[number];
    return { name, percent, inclusive, base: sum(places.map((at) => nets[at] as Big)), amount };
  });
  return { taxes, byLine, nets };
}

/** Tax of the lines together: lines with the same taxes contained are added up before anything is divided. */
function taxOfAll(
  places: readonly number[],
  lines: readonly Discounted[],
  divisors: readonly Big[],
  percent: string,
): Big {
  const sums = new Map<string, Big>();
  for (const at of places) {
    const divisor = (divisors[at] as Big).toFixed();
    sums.set(divisor, (sums.get(divisor) ?? ZERO).plus((lines[at] as Discounted).amount));
  }
  return sum([...sums].map(([divisor, amount]) => taxOf(amount, percent, new Big(divisor))));
}

const taxOf = (amount: Big, percent: string, divisor: Big): Big =>
  divisor.eq(HUNDRED) ? amount.times(percent).times('0.01') : amount.times(percent).div(divisor);

/** What a line's amount is in percent of its amount without tax: 100 and all rates that are contained in it. */
const divisorOf = (line: Settleable, rates: readonly TaxRate[]): Big =>
  rates.reduce((sum, rate) => (rate.inclusive && isFor(rate, line) ? sum.plus(rate.percent) : sum), HUNDRED);
