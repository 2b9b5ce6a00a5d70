import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import type { PriceStep } from '#libs/pricing/price-step.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentLine, DocumentTax, InvoiceDocument } from '../documents/document.ts';
import type { RatedLine } from '../settle/settle-lines.ts';
import type { Difference } from './differences.ts';

/** A line whose discounts and taxes are settled already. */
export interface FixedLine {
  readonly line: RatedLine;
  readonly taxes: readonly { readonly tax: DocumentTax; readonly amount: string }[];
}

/**
 * What of a line was billed too little, as a line of a later invoice. Its amount is what it lacks after the discounts that the line has now;
 * quantity, evidence and steps are those of the whole, less what was billed before.
 */
export function adjustmentLine({ line, parts, charged, before, taxes }: Difference, of: InvoiceDocument): FixedLine {
  const now = line as DocumentLine;
  const { position: _position, discount, net: _net, taxes: _taxes, kind, steps, ...rest } = now;
  const original = parts.find(({ invoice, line: part }) => invoice.id === of.id && part.kind !== 'adjustment');
  const rounding = new Big(now.amount).minus(sum(steps.map(({ amount }) => amount)));
  const step = (rule: PriceStep['rule'], amount: Big): PriceStep[] =>
    amount.eq('0') ? [] : [{ rule, quantity: '1', amount: decimalString(amount) }];
  return {
    line: {
      ...rest,
      kind: 'adjustment',
      adjusts: kind as Exclude<typeof kind, 'adjustment'>,
      amount: amountText(charged, of.currency),
      steps: [
        ...steps,
        ...step('rounding', rounding),
        ...step('discount', new Big(discount).neg()),
        { rule: 'billed_before', quantity: '1', amount: decimalString(before.neg()) },
      ],
      of: { id: of.id, number: of.number, ...(original && { position: original.line.position }) },
    },
    taxes: [...taxes].map(([tax, amount]) => ({
      tax: of.taxes[tax] as DocumentTax,
      amount: amountText(amount, of.currency),
    })),
  };
}
