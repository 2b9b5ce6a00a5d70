import { z } from 'zod';
import { currencyDigits } from '#libs/money/currency.ts';
import type { Big } from '#libs/money/decimal.ts';
import type { Bill } from '#libs/pricing/totals/bill.ts';

const decimal = z.string();

const stepAnswer = z.object({
  rule: z.string(),
  from: decimal.optional(),
  up_to: decimal.nullable().optional(),
  quantity: decimal,
  result: decimal.optional(),
  per: decimal.optional(),
  unit_amount: decimal.optional(),
  percent: decimal.optional(),
  values: z.array(z.string().nullable()).optional(),
  amount: decimal,
});

export const quoteAnswer = z.object({
  currency: z.string(),
  lines: z.array(
    z.object({
      charge: z.string().nullable().describe('Null: the commitment of the plan'),
      kind: z.enum(['charge', 'minimum', 'plan_minimum']).describe('minimum: what was missing to it'),
      group: z.record(z.string(), z.string().nullable()).nullable(),
      quantity: decimal,
      amount: decimal.describe('Rounded, before discounts of the invoice'),
      discount: decimal,
      net: decimal.describe('Without discount and tax'),
      tax_amounts: z.array(z.object({ name: z.string(), percent: decimal, amount: decimal })),
      steps: z.array(stepAnswer).describe('How the amount came about; not rounded, they add up to it'),
    }),
  ),
  subtotal: decimal.describe('Sum of the line amounts'),
  discount_total: decimal,
  total_excluding_tax: decimal,
  taxes: z.array(
    z.object({ name: z.string(), percent: decimal, inclusive: z.boolean(), base: decimal, amount: decimal }),
  ),
  tax_total: decimal,
  total: decimal,
  prepaid_applied: decimal,
  amount_due: decimal,
});

/** A bill in the words of the API, amounts with all digits of the currency. */
export function presentQuote({ lines, taxes, totals }: Bill, currency: string): z.infer<typeof quoteAnswer> {
  const money = (amount: Big): string => amount.toFixed(currencyDigits(currency));
  return {
    currency,
    lines: lines.map(({ discount, net, taxes: ofLine, steps, ...line }) => ({
      ...line,
      amount: money(line.amount),
      discount: money(discount),
      net: money(net),
      tax_amounts: ofLine.map(({ amount, ...tax }) => ({ ...tax, amount: money(amount) })),
      steps: steps.map(({ values, ...step }) => ({ ...step, ...(values && { values: [...values] }) })),
    })),
    subtotal: money(totals.subtotal),
    discount_total: money(totals.discountTotal),
    total_excluding_tax: money(totals.totalExcludingTax),
    taxes: taxes.map(({ base, amount, ...tax }) => ({ ...tax, base: money(base), amount: money(amount) })),
    tax_total: money(totals.taxTotal),
    total: money(totals.total),
    prepaid_applied: money(totals.prepaidApplied),
    amount_due: money(totals.amountDue),
  };
}
