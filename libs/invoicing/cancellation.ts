import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { PriceStep } from '#libs/pricing/price-step.ts';
import { type DocumentBody, totals } from './assemble.ts';
import type { DocumentLine, InvoiceDocument } from './document.ts';
import { amountText } from './rate.ts';

/**
 * The credit note that takes a whole invoice back: every line as it was billed, amounts negated, so that both add up to
 * exactly zero. Quantities and evidence stay: they say what was billed, not what was used.
 */
export function cancellation(invoice: InvoiceDocument, reason: string): DocumentBody {
  const lines = invoice.lines.map((line) => negateLine(line, invoice.currency));
  return {
    schema: 1,
    kind: 'credit_note',
    currency: invoice.currency,
    seller: invoice.seller,
    buyer: invoice.buyer,
    period: invoice.period,
    corrects: { id: invoice.id, number: invoice.number, reason },
    watermark: invoice.watermark,
    lines,
    ...totals(lines, invoice.currency),
  };
}

function negateLine(line: DocumentLine, currency: string): DocumentLine {
  return {
    ...line,
    amount: amountText(new Big(line.amount).times('-1'), currency),
    steps: line.steps.map((step): PriceStep => ({ ...step, amount: negated(step.amount) })),
  };
}

const negated = (amount: string): string => decimalString(new Big(amount).times('-1'));
