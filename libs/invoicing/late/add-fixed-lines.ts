import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentLine, DocumentTax } from '../documents/document.ts';
import type { Settled } from '../settle/settle-lines.ts';
import type { FixedLine } from './adjustment.ts';
import { isSameTax } from './differences.ts';

/** Whether lines settled elsewhere can stand on a document: its taxes must be of one behaviour and its treatment the same. */
export function canTake(
  document: Pick<Settled, 'taxes' | 'tax_treatment'>,
  { tax_treatment: treatment, lines }: { readonly tax_treatment: string; readonly lines: readonly FixedLine[] },
): boolean {
  const taxes = [...document.taxes, ...lines.flatMap((line) => line.taxes.map(({ tax }) => tax))];
  return treatment === document.tax_treatment && new Set(taxes.map(({ inclusive }) => inclusive)).size <= 1;
}

/**
 * A document with lines behind its own whose taxes are not calculated anew: they are differences of sums that were rounded once. So a
 * document's tax may be a cent off its rate, and the sum over documents never is.
 */
export function addFixedLines<Document extends Settled>(
  document: Document,
  fixed: readonly FixedLine[],
  currency: string,
): Document {
  const taxes: DocumentTax[] = document.taxes.map((tax) => ({ ...tax }));
  const placeOf = (wanted: DocumentTax): number => {
    const found = taxes.findIndex((tax) => isSameTax(tax, wanted));
    const nothing = amountText(new Big('0'), currency);
    return found === -1 ? taxes.push({ ...wanted, base: nothing, amount: nothing }) - 1 : found;
  };
  const money = (amount: Big): string => amountText(amount, currency);
  const added = fixed.map(({ line, taxes: own }, index): DocumentLine => {
    const contained = own.flatMap(({ tax, amount }) => (tax.inclusive ? [amount] : []));
    return {
      position: document.lines.length + index + 1,
      ...line,
      discount: money(new Big('0')),
      net: money(new Big(line.amount).minus(sum(contained))),
      taxes: own.map(({ tax, amount }) => ({ tax: placeOf(tax), amount })),
    };
  });
  const plus = (before: string, amounts: readonly string[]): string => money(new Big(before).plus(sum(amounts)));
  const nets = added.map(({ net }) => net);
  const taxAmounts = added.flatMap((line) => line.taxes.map(({ amount }) => amount));
  return {
    ...document,
    lines: [...document.lines, ...added],
    taxes: taxes.map((tax, place) => {
      const own = added.flatMap((line) =>
        line.taxes.flatMap((part) => (part.tax === place ? [{ net: line.net, amount: part.amount }] : [])),
      );
      return {
        ...tax,
        base: plus(
          tax.base,
          own.map(({ net }) => net),
        ),
        amount: plus(
          tax.amount,
          own.map(({ amount }) => amount),
        ),
      };
    }),
    subtotal: plus(
      document.subtotal,
      added.map(({ amount }) => amount),
    ),
    total_excluding_tax: plus(document.total_excluding_tax, nets),
    tax_total: plus(document.tax_total, taxAmounts),
    total: plus(document.total, [...nets, ...taxAmounts]),
  };
}
