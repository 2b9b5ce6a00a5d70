import type { Charge, Explanation, Line, Price } from './answers.ts';
import {
  add,
  compare,
  divided,
  type Fraction,
  fraction,
  isLess,
  least,
  minus,
  rounded,
  shared,
  sumOf,
  times,
  ZERO,
} from './fraction.ts';
import { amountOf } from './price.ts';

/** A line with what was worked out for it from its events. */
export interface Worked {
  readonly explanation: Explanation;
  readonly quantity: Fraction;
  readonly events: readonly Fraction[] | null;
}

const ONE = fraction(1);

/** The amount of every line that a price, a minimum or a commitment explains, by position; others are not told. */
export function lineAmounts(worked: readonly Worked[], currency: string, digits: number): Map<number, Fraction> {
  const amounts = new Map<number, Fraction>();
  const charged = Map.groupBy(
    worked.filter(({ explanation: { line, charge } }) => charge && isPriced(line, charge)),
    ({ explanation: { line } }) =>
      JSON.stringify([line.subscription_id, line.charge_key, line.service_from, line.service_to, line.kind]),
  );
  for (const group of charged.values()) {
    const charge = (group[0] as Worked).explanation.charge as Charge;
    const price = charge.price ?? charge.prices?.[currency];
    if (!price) throw new Error(`there is no price in ${currency}`);
    const exact = group.map((one) => exactAmount(one, charge, price));
    for (const [at, amount] of capped(exact, charge, digits).entries())
      amounts.set(
        (group[at] as Worked).explanation.line.position,
        lessBefore(amount, (group[at] as Worked).explanation),
      );
  }
  const lines = worked.map(({ explanation: { line } }) => line);
  for (const { explanation } of worked) {
    const missing = missingTo(explanation, digits);
    const amount = missing === null ? lessElsewhere(explanation, lines) : lessBefore(missing, explanation);
    if (amount !== null) amounts.set(explanation.line.position, amount);
  }
  return amounts;
}

/**
 * Of adjustments those that add something, and of these not the part of a maximum that other groups share. One below zero takes off what
 * other invoices billed, and no more than its invoice bills.
 */
function isPriced({ kind, adjusts, amount, group }: Line, { maximum_amount: maximum }: Charge): boolean {
  if (kind !== 'adjustment') return kind === 'usage' || kind === 'fee';
  if (adjusts !== 'usage' && adjusts !== 'fee') return false;
  return isLess(ZERO, fraction(amount)) && (maximum === undefined || group === undefined);
}

/** An adjustment adds the whole, less the discounts that it has by now, to what was billed before. */
function lessBefore(amount: Fraction, { line, adjusted }: Explanation): Fraction {
  if (adjusted === null) return amount;
  const discounts = line.steps.filter(({ rule }) => rule === 'discount').map((step) => fraction(step.amount));
  const before = sumOf(adjusted.before.map((part) => fraction(part.amount)));
  return minus(sumOf([amount, ...discounts]), before);
}

function exactAmount({ explanation, quantity, events }: Worked, charge: Charge, price: Price): Fraction {
  const { line } = explanation;
  const isFee = charge.quantity !== undefined || price.model === 'flat';
  const share = isFee ? dayShare(explanation, charge) : ONE;
  return amountOf(charge, price, { quantity, events, group: line.group, share });
}

function dayShare({ period }: Explanation, { prorate = true, billing }: Charge): Fraction {
  if (!prorate || billing === 'once' || period === null) return ONE;
  return divided(fraction(period.days), fraction(period.period_days));
}

/** All groups of the charge together cost its maximum at most; shared by what each would have cost. */
function capped(exact: readonly Fraction[], { maximum_amount: maximum }: Charge, digits: number): Fraction[] {
  const amounts = exact.map((amount) => rounded(amount, digits));
  if (maximum === undefined) return amounts;
  const most = rounded(fraction(maximum), digits);
  const isWithin = compare(sumOf(exact), fraction(maximum)) <= 0 && compare(sumOf(amounts), most) <= 0;
  if (isWithin) return amounts;
  return exact.length === 1 ? [most] : shared(most, exact, digits);
}

/** Of a minimum or commitment: what is missing to it. */
function missingTo(explanation: Explanation, digits: number): Fraction | null {
  const { line, charge, compared } = explanation;
  if (compared === null || compared.minimum_amount === null || isLess(fraction(line.amount), ZERO)) return null;
  const whole = fraction(compared.minimum_amount);
  const isShared = kindOf(line) === 'commitment' || charge?.prorate !== false;
  const wanted = rounded(isShared ? times(whole, dayShare(explanation, {})) : whole, digits);
  const charged = sumOf(compared.counts.map(({ amount }) => fraction(amount)));
  return isLess(charged, wanted) ? minus(wanted, charged) : ZERO;
}

const kindOf = ({ kind, adjusts }: Line): string => adjusts ?? kind;

/**
 * An invoice that is issued anew bills the whole on one line, and takes off on another what other invoices bill of it, as far as there is
 * something to be taken off.
 */
function lessElsewhere({ line, adjusted }: Explanation, lines: readonly Line[]): Fraction | null {
  if (adjusted === null || line.steps.length !== 1 || !isLess(fraction(line.amount), ZERO)) return null;
  const isWhole = (other: Line) =>
    other.kind === line.adjusts &&
    other.subscription_id === line.subscription_id &&
    other.charge_key === line.charge_key &&
    other.service_from === line.service_from &&
    JSON.stringify(other.group) === JSON.stringify(line.group);
  const whole = lines.find(isWhole);
  if (whole === undefined) return null;
  const most = minus(fraction(whole.amount), fraction(whole.discount));
  return minus(ZERO, least(sumOf(adjusted.before.map(({ amount }) => fraction(amount))), most));
}

/** The steps of a line add up to it, but for its one rounding. */
export const stepsOf = ({ steps }: Line, digits: number): Fraction =>
  rounded(
    steps.reduce((sum, { amount }) => add(sum, fraction(amount)), ZERO),
    digits,
  );
