import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { LAW_RUNS } from '#tests/support/laws.ts';
import { invoiceOf, made, noteOf } from '#tests/support/settled-invoice.ts';
import { checkDraft } from '../documents/check.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { cancellation } from './cancellation.ts';
import { leftOf, takeBack } from './take-back.ts';

const figuresOf = (document: InvoiceDocument) => ({
  subtotal: document.subtotal,
  discounts: document.discount_total,
  net: document.total_excluding_tax,
  tax: document.tax_total,
  total: document.total,
  ...Object.fromEntries(document.taxes.map(({ key, amount, base }) => [key, `${amount} of ${base}`])),
});

/** What is left of a figure after all notes. */
const restOf = (
  invoice: InvoiceDocument,
  notes: readonly InvoiceDocument[],
  of: (document: InvoiceDocument) => string,
) => sum([invoice, ...notes].map(of));

test('an invoice with all its taxes and discounts adds up', () => {
  fc.assert(
    fc.property(made, (each) => {
      const { series: _series, ...body } = invoiceOf(each);
      expect(checkDraft({ customerId: 'c', body, units: [], discountUses: [], usesSeen: [] })).toEqual([]);
    }),
  );
});

describe('credit notes', () => {
  test('however an invoice is cut up, its notes add up to it to the cent, per line, tax and discount', () => {
    fc.assert(
      fc.property(made, fc.array(fc.tuple(fc.nat(4), fc.nat(100)), { maxLength: 8 }), (each, cuts) => {
        const invoice = invoiceOf(each);
        const notes: InvoiceDocument[] = [];
        for (const [place, percent] of cuts) {
          const position = (place % invoice.lines.length) + 1;
          const left = leftOf(invoice, notes).get(position) as Big;
          const gross = left.times(String(percent)).div('100').round(currencyDigits(each.code), Big.roundDown);
          notes.push(noteOf(invoice, takeBack(invoice, notes, [{ position, gross }])));
          expect(new Big((notes.at(-1) as InvoiceDocument).total).neg().eq(gross)).toBe(true);
        }
        const rest = cancellation(invoice, notes, { reason: 'r', issueDate: '2026-05-01' }) as InvoiceDocument;
        const all = [...notes, rest];
        for (const name of ['subtotal', 'discount_total', 'total_excluding_tax', 'tax_total', 'total'] as const)
          expect(restOf(invoice, all, (one) => one[name]).toFixed()).toBe('0');
        for (const [index, { key }] of invoice.taxes.entries()) {
          const amountOf = (one: InvoiceDocument) => one.taxes.find((tax) => tax.key === key)?.amount ?? '0';
          const baseOf = (one: InvoiceDocument) => one.taxes.find((tax) => tax.key === key)?.base ?? '0';
          expect(invoice.taxes[index]?.key).toBe(key);
          expect(restOf(invoice, all, amountOf).toFixed()).toBe('0');
          expect(restOf(invoice, all, baseOf).toFixed()).toBe('0');
        }
        expect([...leftOf(invoice, all).values()].every((left) => left.eq('0'))).toBe(true);
      }),
      { numRuns: LAW_RUNS / 5 },
    );
  });

  test('a whole invoice at once is the invoice with every sign turned', () => {
    const invoice = invoiceOf({
      amounts: [1000, 333],
      discounts: [{ name: 'd', percent: '10' }],
      rates: ['19'],
      inclusive: false,
      code: 'EUR',
    });
    const note = cancellation(invoice, [], { reason: 'r', issueDate: '2026-05-01' }) as InvoiceDocument;
    expect(figuresOf(invoice)).toEqual({
      subtotal: '13.33',
      discounts: '1.33',
      net: '12.00',
      tax: '2.28',
      total: '14.28',
      t0: '2.28 of 12.00',
    });
    expect(figuresOf(note)).toEqual({
      subtotal: '-13.33',
      discounts: '-1.33',
      net: '-12.00',
      tax: '-2.28',
      total: '-14.28',
      t0: '-2.28 of -12.00',
    });
    expect(note.lines.map(({ of }) => of)).toEqual([1, 2].map((position) => ({ id: 'id', number: '1', position })));
    expect(note.settlement).toEqual({ offset: '14.28', refund: '0.00', credit: '0.00' });
  });

  test('never give back more than is left', () => {
    const invoice = invoiceOf({ amounts: [1000], discounts: [], rates: ['19'], inclusive: false, code: 'EUR' });
    const first = noteOf(invoice, takeBack(invoice, [], [{ position: 1, gross: new Big('6.00') }]));
    expect(() => takeBack(invoice, [first], [{ position: 1, gross: new Big('5.91') }])).toThrow('line 1 of 1 is 11.9');
    expect(() => takeBack(invoice, [first], [{ position: 1, gross: new Big('-1') }])).toThrow(RangeError);
    expect(() => takeBack(invoice, [], [{ position: 2, gross: new Big('1') }])).toThrow('has no line 2');
    expect(takeBack(invoice, [first], [{ position: 1, gross: new Big('5.90') }]).total).toBe('-5.90');
  });
});
