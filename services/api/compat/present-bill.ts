import { z } from 'zod';
import type { DocumentBody } from '#libs/invoicing/documents/assemble.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { jsonNumber, jsonNumberSchema } from './json-number.ts';

export const lineItemSchema = z.object({
  description: z.string(),
  quantity: jsonNumberSchema,
  unitPrice: jsonNumberSchema.describe('Where several prices apply (tiers): subtotal / quantity, to 6 places'),
  subtotal: jsonNumberSchema,
});
type LineItem = z.infer<typeof lineItemSchema>;

const PLACES = 6;

/** Lines, then what was taken off and what tax adds, so that the subtotals come to the total. */
export function lineItemsOf(body: Pick<DocumentBody, 'lines' | 'discounts' | 'taxes'>): LineItem[] {
  return [
    ...body.lines.map((line) => ({
      description: line.description,
      quantity: jsonNumber(line.quantity),
      unitPrice: jsonNumber(unitPriceOf(line)),
      subtotal: jsonNumber(line.amount),
    })),
    ...body.discounts.map(({ name, taken }) => single(name, decimalString(new Big(taken).times('-1')))),
    ...body.taxes
      .filter(({ inclusive }) => !inclusive)
      .map(({ name, percent, amount }) => single(`${name} ${percent} %`, amount)),
  ];
}

const single = (description: string, amount: string): LineItem => ({
  description,
  quantity: 1,
  unitPrice: jsonNumber(amount),
  subtotal: jsonNumber(amount),
});

/** The price itself where there is one. */
function unitPriceOf({ steps, quantity, amount }: DocumentBody['lines'][number]): string {
  const [step] = steps;
  if (steps.length === 1 && step?.unit_amount !== undefined && new Big(step.quantity).eq(quantity))
    return step.unit_amount;
  if (new Big(quantity).eq('0')) return amount;
  return decimalString(new Big(amount).div(quantity).round(PLACES));
}
