import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentTax, InvoiceDocument } from '../documents/document.ts';
import type { UnitKey } from '../due/due-unit.ts';
import type { Settled } from '../settle/settle-lines.ts';
import type { FixedLine } from './adjustment.ts';
import { type BilledSoFar, type Difference, differences } from './differences.ts';
import { type InvoiceCredits, settleDifferences } from './settle-differences.ts';

/** What an invoice that is issued anew leaves to others, and what these have billed too much. */
export interface Deduction {
  readonly lines: readonly FixedLine[];
  readonly credits: readonly InvoiceCredits[];
}

/**
 * What of a period other live invoices bill already, as lines below zero, never more than the line of the new invoice: where they billed more
 * than there is by now, the rest is given back on them. `should`: the new invoice, its taxes in the places of the old one's;
 * `units`: all that it bills, those without a line too.
 */
export function deduct(
  should: Pick<Settled, 'lines'>,
  old: InvoiceDocument,
  later: BilledSoFar['later'],
  units: readonly Pick<UnitKey, 'subscriptionId' | 'chargeKey' | 'serviceFrom'>[],
): Deduction {
  const first = { invoice: { ...old, lines: [] }, notes: [] };
  const elsewhere = differences(should, { first, later }, units).filter(({ parts }) => parts.length > 0);
  const { more, credits } = settleDifferences(elsewhere, should.lines, old, ({ line }) => line !== null);
  const taxed = new Map(more.map(({ line, taxes }) => [line, taxes]));
  return { lines: elsewhere.flatMap((one) => lessLine(one, taxed.get(one.line) ?? new Map(), old)), credits };
}

/** Of a line that bills the whole, what others bill of it. `more`: what it bills of taxes after that. */
function lessLine(
  { line, parts, before, charged }: Difference,
  more: ReadonlyMap<number, Big>,
  old: InvoiceDocument,
): FixedLine[] {
  if (line === null) return [];
  const whole = new Big(line.amount).minus(line.discount);
  const less = charged.lt('0') ? whole : before;
  const { position: _position, discount: _discount, net: _net, taxes: shares, kind, ...rest } = line;
  const taxes = shares.map(({ tax, amount }) => ({ tax, amount: (more.get(tax) ?? new Big('0')).minus(amount) }));
  if (!less.gt('0') && taxes.every(({ amount }) => amount.eq('0'))) return [];
  const [part] = parts as [Difference['parts'][number]];
  return [
    {
      line: {
        ...rest,
        kind: 'adjustment',
        adjusts: kind as Exclude<typeof kind, 'adjustment'>,
        amount: amountText(less.neg(), old.currency),
        steps: [{ rule: 'billed_before', quantity: '1', amount: decimalString(less.neg()) }],
        of: { id: part.invoice.id, number: part.invoice.number, position: part.line.position },
      },
      taxes: taxes.map(({ tax, amount }) => ({
        tax: old.taxes[tax] as DocumentTax,
        amount: amountText(amount, old.currency),
      })),
    },
  ];
}
