import type { Counted, Explanation, Line } from './answers.ts';
import { type Fraction, fraction, minus, rounded, sumOf, text, ZERO } from './fraction.ts';
import type { Worked } from './lines.ts';
import { amountOf } from './price.ts';
import type { Figure } from './totals.ts';

/** What counted towards minimums and commitments: each part against the lines or the price that it comes from, and all of them against the step. */
export function countedFigures(
  worked: readonly Worked[],
  amounts: ReadonlyMap<number, Fraction>,
  currency: string,
  digits: number,
): Figure[] {
  const lines = worked.map(({ explanation: { line } }) => line);
  return worked.flatMap(({ explanation }): Figure[] => {
    const { line, compared } = explanation;
    if (compared === null || line.steps.every(({ rule }) => rule === 'billed_before')) return [];
    const name = `line ${line.position} counted`;
    const parts = compared.counts.flatMap((part, at): Figure[] => {
      const found = billedHere(part, explanation, lines, amounts) ?? pricedAgain(part, explanation, currency, digits);
      return found === null ? [] : [{ name: `${name} ${at + 1} ${part.charge_key}`, said: part.amount, found }];
    });
    const charged = line.steps.filter(({ rule }) => rule === 'charged').map(({ amount }) => fraction(amount));
    const all = sumOf(compared.counts.map(({ amount }) => fraction(amount)));
    return [...parts, { name, said: text(minus(ZERO, sumOf(charged))), found: all }];
  });
}

/** The lines of this document that a part stands for; null: it stands on another. */
function billedHere(
  part: Counted,
  { document, line }: Explanation,
  lines: readonly Line[],
  amounts: ReadonlyMap<number, Fraction>,
): Fraction | null {
  if (part.document.id !== document.id) return null;
  const isMinimum = line.kind === 'minimum';
  const own = lines.filter(
    (one) =>
      one.subscription_id === line.subscription_id &&
      one.charge_key === part.charge_key &&
      Date.parse(one.service_from as string) === Date.parse(part.service_from) &&
      (isMinimum ? one.kind === part.kind && isSameGroup(one, part) : one.kind !== 'adjustment'),
  );
  return sumOf(own.map(({ position, amount }) => amounts.get(position) ?? fraction(amount)));
}

const isSameGroup = (one: Pick<Line, 'group'>, other: Pick<Line, 'group'>): boolean =>
  JSON.stringify(one.group ?? null) === JSON.stringify(other.group ?? null);

/** By its quantity, where the price looks neither at single events nor at other groups. */
function pricedAgain(part: Counted, { charge }: Explanation, currency: string, digits: number): Fraction | null {
  const price = charge?.price ?? charge?.prices?.[currency];
  if (!charge || !price || part.quantity === undefined || charge.maximum_amount !== undefined) return null;
  if (charge.quantity !== undefined || price.model === 'flat' || price.model === 'percentage') return null;
  const given = { quantity: fraction(part.quantity), events: null, group: part.group, share: fraction(1) };
  return rounded(amountOf(charge, price, given), digits);
}
