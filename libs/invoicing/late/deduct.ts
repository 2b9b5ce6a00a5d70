import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentLine, DocumentTax, InvoiceDocument } from '../documents/document.ts';
import type { Settled } from '../settle/settle-lines.ts';
import type { FixedLine } from './adjustment.ts';
import { type BilledSoFar, compareLines, type Difference } from './differences.ts';
import { giveBack, type InvoiceCredits } from './give-back.ts';

/** What an invoice that is issued anew leaves to others, and what these have billed too much. */
export interface Deduction {
  readonly lines: readonly FixedLine[];
  readonly credits: readonly InvoiceCredits[];
}

/**
 * What of a period other live invoices bill already, as lines below zero, never more than the line of the new invoice: where they billed more
 * than there is by now, the rest is given back on them. `should`: the new invoice, its taxes in the places of the old one's.
 */
export function deduct(should: Pick<Settled, 'lines'>, old: InvoiceDocument, later: BilledSoFar['later']): Deduction {
  const first = { invoice: { ...old, lines: [] }, notes: [] };
  const units = should.lines.flatMap(
    ({ subscription_id: subscriptionId, charge_key: chargeKey, service_from: serviceFrom }) =>
      subscriptionId !== undefined && chargeKey !== undefined && serviceFrom !== undefined
        ? [{ subscriptionId, chargeKey, serviceFrom }]
        : [],
  );
  const compared = compareLines(should, { first, later }, units);
  return {
    lines: compared.filter(({ line, parts }) => line !== null && parts.length > 0).flatMap((one) => lessLine(one, old)),
    credits: giveBack(
      compared.filter(({ charged }) => charged.lt('0')),
      old,
    ),
  };
}

function lessLine({ line, parts, before, charged, taxes }: Difference, old: InvoiceDocument): FixedLine[] {
  const now = line as DocumentLine;
  const whole = new Big(now.amount).minus(now.discount);
  const less = charged.lt('0') ? whole : before;
  if (!less.gt('0')) return [];
  const { position: _position, discount: _discount, net: _net, taxes: shares, kind, ...rest } = now;
  const [part] = parts as [Difference['parts'][number]];
  const amount = decimalString(less.neg());
  return [
    {
      line: {
        ...rest,
        kind: 'adjustment',
        adjusts: kind as Exclude<typeof kind, 'adjustment'>,
        amount: amountText(less.neg(), old.currency),
        steps: [{ rule: 'billed_before', quantity: '1', amount }],
        of: { id: part.invoice.id, number: part.invoice.number, position: part.line.position },
      },
      taxes: shares.map(({ tax, amount: share }) => ({
        tax: old.taxes[tax] as DocumentTax,
        amount: amountText(
          (charged.gt('0') ? (taxes.get(tax) ?? new Big('0')) : new Big('0')).minus(share),
          old.currency,
        ),
      })),
    },
  ];
}
