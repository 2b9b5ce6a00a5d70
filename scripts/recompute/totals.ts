import type { Document, Line } from './answers.ts';
import {
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

/** A figure of a document, and what it comes to. */
export interface Figure {
  readonly name: string;
  readonly said: string;
  readonly found: Fraction;
}

/** Discounts, taxes and sums of a document, from the amounts of its lines. On a credit note discounts and taxes are shares of the invoice's. */
export function totals(document: Document, digits: number): Figure[] {
  if (document.kind === 'invoice') return invoiceTotals(document, digits);
  const left = document.lines.map(({ amount, discount }) => minus(fraction(amount), fraction(discount)));
  return [...taxParts(document, left), ...sums(document)];
}

function invoiceTotals(document: Document, digits: number): Figure[] {
  const left = document.lines.map(({ amount }) => fraction(amount));
  const discounts = document.discounts.map((discount, at): Figure => {
    const places = discount.lines
      .map((position) => position - 1)
      .filter((place) => isLess(ZERO, left[place] as Fraction));
    const weights = places.map((place) => left[place] as Fraction);
    const base = sumOf(weights);
    const wanted =
      discount.percent === undefined
        ? fraction(discount.amount as string)
        : times(base, divided(fraction(discount.percent), fraction(100)));
    const off = least(rounded(wanted, digits), base);
    for (const [index, share] of shared(off, weights, digits).entries()) {
      const place = places[index] as number;
      left[place] = minus(left[place] as Fraction, share);
    }
    return { name: `discount ${at + 1} ${discount.name}`, said: discount.taken, found: off };
  });
  const shares = document.lines.map(
    ({ position, amount, discount }, place): Figure => ({
      name: `line ${position} discount`,
      said: discount,
      found: minus(fraction(amount), left[place] as Fraction),
    }),
  );
  return [...discounts, ...shares, ...taxes(document, left, digits), ...taxParts(document, left), ...sums(document)];
}

function taxes({ lines, taxes: all }: Document, left: readonly Fraction[], digits: number): Figure[] {
  const has = (line: Line, tax: number) => line.taxes.some((one) => one.tax === tax);
  const divisorOf = (line: Line) =>
    sumOf([fraction(100), ...line.taxes.map(({ tax }) => (all[tax]?.inclusive ? fraction(all[tax].percent) : ZERO))]);
  return all.map(({ name, percent, amount }, tax): Figure => {
    const parts = lines.flatMap((line, place) =>
      has(line, tax) && line.kind !== 'adjustment'
        ? [divided(times(left[place] as Fraction, fraction(percent)), divisorOf(line))]
        : [],
    );
    // Those of adjustments are differences of sums that were rounded before.
    const fixed = lines.flatMap((line) =>
      line.kind === 'adjustment' ? line.taxes.filter((one) => one.tax === tax).map((one) => fraction(one.amount)) : [],
    );
    const found = sumOf([rounded(sumOf(parts), digits), ...fixed]);
    return { name: `tax ${name} ${percent} %`, said: amount, found };
  });
}

/** That taxes are the sums of their parts, and nets what these leave. */
function taxParts({ lines, taxes: all }: Document, left: readonly Fraction[]): Figure[] {
  const has = (line: Line, tax: number) => line.taxes.some((one) => one.tax === tax);
  const partsOf = (tax: number) =>
    lines.flatMap((line) => line.taxes.filter((one) => one.tax === tax).map((one) => fraction(one.amount)));
  const byLine = all.map(
    ({ name, amount }, tax): Figure => ({ name: `tax ${name}, its parts`, said: amount, found: sumOf(partsOf(tax)) }),
  );
  const nets = lines.map((line, place): Figure => {
    const contained = line.taxes.filter(({ tax }) => all[tax]?.inclusive).map(({ amount }) => fraction(amount));
    return {
      name: `line ${line.position} net`,
      said: line.net,
      found: minus(left[place] as Fraction, sumOf(contained)),
    };
  });
  const bases = all.map(
    ({ name, base }, tax): Figure => ({
      name: `tax ${name}, its base`,
      said: base,
      found: sumOf(lines.filter((line) => has(line, tax)).map(({ net }) => fraction(net))),
    }),
  );
  return [...byLine, ...nets, ...bases];
}

function sums(document: Document): Figure[] {
  const of = (values: readonly string[]) => sumOf(values.map(fraction));
  const { lines, discounts, taxes: all } = document;
  const off = document.kind === 'invoice' ? discounts.map(({ taken }) => taken) : lines.map(({ discount }) => discount);
  const figures: Figure[] = [
    { name: 'subtotal', said: document.subtotal, found: of(lines.map(({ amount }) => amount)) },
    { name: 'discount total', said: document.discount_total, found: of(off) },
    { name: 'total excluding tax', said: document.total_excluding_tax, found: of(lines.map(({ net }) => net)) },
    { name: 'tax total', said: document.tax_total, found: of(all.map(({ amount }) => amount)) },
    { name: 'total', said: document.total, found: of([document.total_excluding_tax, document.tax_total]) },
  ];
  if (document.kind !== 'invoice') return figures;
  const payable = isLess(fraction(document.total), ZERO) ? ZERO : fraction(document.total);
  const paid = of([document.credit_applied, document.prepaid_applied]);
  return [...figures, { name: 'amount due', said: document.amount_due, found: minus(payable, paid) }];
}
