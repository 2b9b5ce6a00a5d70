import fc from 'fast-check';
import type { TakenBack } from '#libs/invoicing/credit/take-back.ts';
import type { InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { type LineToSettle, settleLines } from '#libs/invoicing/settle/settle-lines.ts';
import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { surroundings } from './surroundings.ts';

/** An invoice of fees and manual lines with any discounts and taxes. */
export interface Made {
  readonly amounts: readonly number[];
  readonly discounts: readonly { readonly name: string; readonly percent: string }[];
  readonly rates: readonly string[];
  readonly inclusive: boolean;
  readonly code: string;
  /** Of lines that are not below zero; 'manual' unless given. */
  readonly kind?: 'fee' | 'manual';
}

export const made: fc.Arbitrary<Made> = fc.record({
  amounts: fc.array(fc.nat(20_000), { minLength: 1, maxLength: 5 }),
  discounts: fc.array(
    fc.integer({ min: 0, max: 10_000 }).map((percent) => ({ name: 'd', percent: new Big(`${percent}e-2`).toFixed() })),
    { maxLength: 2 },
  ),
  rates: fc.array(fc.constantFrom('5', '7', '19', '20', '8.375'), { maxLength: 2 }),
  inclusive: fc.boolean(),
  code: fc.constantFrom('EUR', 'JPY', 'KWD'),
});

export function invoiceOf({ amounts, discounts, rates, inclusive, code, kind = 'manual' }: Made): InvoiceDocument {
  const { settlement, seller, buyer, watermark } = surroundings();
  const by = rates.map((percent, index) => ({
    key: `t${index}`,
    name: `T${index}`,
    percent,
    inclusive,
    base: '0',
    amount: '0',
  }));
  const lines = amounts.map((units): LineToSettle => {
    const amount = new Big(`${units}e-${currencyDigits(code)}`).toFixed(currencyDigits(code));
    const steps = [{ rule: 'flat' as const, quantity: '1', amount }];
    return {
      line: { kind: units < 0 ? 'manual' : kind, description: 'x', quantity: '1', amount, steps },
      counted: null,
      taxed: { by },
    };
  });
  const { settled } = settleLines(lines, code, settlement, discounts);
  const nothing = new Big('0').toFixed(currencyDigits(code));
  return {
    schema: 1,
    id: 'id',
    kind: 'invoice',
    series: 'invoice',
    series_number: 1,
    number_pattern: '{number}',
    number: '1',
    issue_date: '2026-04-02',
    due_date: '2026-04-16',
    payment_terms_days: 14,
    currency: code,
    seller,
    buyer: { ...buyer, salt: '00' },
    watermark,
    ...settled,
    credit_applied: nothing,
    prepaid_applied: nothing,
    amount_due: settled.total,
  };
}

export const noteOf = (invoice: InvoiceDocument, taken: TakenBack): InvoiceDocument => ({
  ...invoice,
  ...taken,
  kind: 'credit_note',
  corrects: { id: invoice.id, number: invoice.number, reason: 'r' },
});
