import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { holds, LAW_RUNS } from '#tests/support/laws.ts';
import { invoiceOf, type Made, noteOf } from '#tests/support/settled-invoice.ts';
import { checkDraft } from '../documents/check.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { creditNoteBody } from './cancellation.ts';
import { type CreditWish, creditsOf } from './credit-request.ts';
import { takeBack } from './take-back.ts';

const terms = { reason: 'r', issueDate: '2026-05-01' };
const plain: Made = { amounts: [], discounts: [], rates: [], inclusive: false, code: 'EUR' };
const whole = (amount: string): CreditWish => ({ kind: 'amount', amount });

/** The note that a wish makes, checked like one that is to be issued; its faults if it is refused. */
function wishFor(invoice: InvoiceDocument, notes: readonly InvoiceDocument[], wish: CreditWish) {
  const { credits, faults } = creditsOf(invoice, notes, wish);
  if (faults.length > 0) return { faults };
  const taken = takeBack(invoice, notes, credits);
  const body = creditNoteBody(invoice, taken, terms);
  expect(checkDraft({ customerId: 'c', body, units: [], discountUses: [], usesSeen: [] })).toEqual([]);
  return { note: noteOf(invoice, taken) };
}

describe('an invoice of 100.00 with 40.00 taken off by hand', () => {
  const invoice = invoiceOf({ ...plain, amounts: [10_000, -4000], kind: 'fee' });

  test.each<[string, CreditWish, string]>([
    ['an amount', whole('60.01'), '/amount'],
    ['one line', { kind: 'lines', lines: [{ position: 1, amount: null }] }, '/lines'],
    ['a part of a line', { kind: 'lines', lines: [{ position: 1, amount: '60.01' }] }, '/lines'],
  ])('gives back no more than 60.00: %s', (_, wish, pointer) => {
    expect(creditsOf(invoice, [], wish).faults).toEqual([
      { pointer, detail: expect.stringContaining('only 60 EUR of it is left') },
    ]);
  });

  test('gives back 60.00 by amount, and then nothing', () => {
    const { note } = wishFor(invoice, [], whole('60.00')) as { note: InvoiceDocument };
    expect(note.total).toBe('-60.00');
    expect(creditsOf(invoice, [note], { kind: 'full' }).faults).toEqual([
      { pointer: '', detail: 'nothing is left of invoice 1: all of it was given back' },
    ]);
  });

  test('gives all of it back at once, the line below zero too', () => {
    const { note } = wishFor(invoice, [], { kind: 'full' }) as { note: InvoiceDocument };
    expect(note.lines.map(({ amount }) => amount)).toEqual(['-100.00', '40.00']);
    expect(note.total).toBe('-60.00');
  });
});

test('an invoice is given back cent by cent, whatever its taxes', () => {
  const invoice = invoiceOf({ ...plain, amounts: [139, 20], rates: ['19', '20', '8.375'], kind: 'fee' });
  const notes: InvoiceDocument[] = [];
  const cents = Number(new Big(invoice.total).times('100').toFixed());
  for (let cent = 0; cent < cents; cent += 1)
    notes.push((wishFor(invoice, notes, whole('0.01')) as { note: InvoiceDocument }).note);
  expect(
    sum(notes.map(({ tax_total: tax }) => tax))
      .neg()
      .toFixed(2),
  ).toBe(invoice.tax_total);
  expect(creditsOf(invoice, notes, { kind: 'full' }).faults).toHaveLength(1);
});

const made: fc.Arbitrary<Made> = fc.record({
  amounts: fc.array(fc.integer({ min: -3000, max: 9000 }), { minLength: 1, maxLength: 5 }),
  discounts: fc.array(
    fc.integer({ min: 1, max: 100 }).map((percent) => ({ name: 'd', percent: String(percent) })),
    { maxLength: 1 },
  ),
  rates: fc.array(fc.constantFrom('5', '7', '19', '20', '8.375'), { maxLength: 3 }),
  inclusive: fc.boolean(),
  code: fc.constantFrom('EUR', 'JPY', 'KWD'),
  kind: fc.constantFrom('fee' as const, 'manual' as const),
});

const wish = fc.record({
  kind: fc.constantFrom('amount' as const, 'line' as const, 'rest of a line' as const, 'full' as const),
  place: fc.nat(4),
  /** Of the invoice's total, in per mille. */
  part: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1100 })),
});

test('law: whatever is asked for, notes never come to more than their invoice, and each adds up', () => {
  fc.assert(
    fc.property(made, fc.array(wish, { maxLength: 8 }), (each, wishes) => {
      const invoice = invoiceOf(each);
      if (new Big(invoice.total).lte('0')) return;
      const digits = currencyDigits(each.code);
      const least = new Big(`1e-${digits}`);
      const notes: InvoiceDocument[] = [];
      for (const { kind, place, part } of wishes) {
        const share = new Big(invoice.total).times(String(part)).div('1000').round(digits, Big.roundDown);
        const amount = (share.gt('0') ? share : least).toFixed();
        const position = (place % invoice.lines.length) + 1;
        const wanted: CreditWish =
          kind === 'amount'
            ? { kind, amount }
            : kind === 'full'
              ? { kind }
              : { kind: 'lines', lines: [{ position, amount: kind === 'line' ? amount : null }] };
        const { note } = wishFor(invoice, notes, wanted);
        if (note === undefined) continue;
        if (wanted.kind === 'amount') holds(new Big(note.total).neg().eq(amount));
        holds(new Big(note.total).lt('0'));
        notes.push(note);
        holds(sum([invoice, ...notes].map(({ total }) => total)).gte('0'));
        if (kind === 'full') holds(sum([invoice, ...notes].map(({ total }) => total)).eq('0'));
      }
    }),
    { numRuns: LAW_RUNS },
  );
});
