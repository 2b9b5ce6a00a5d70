import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CALENDAR_MONTHS, periodBetween } from '#libs/catalog/billing-period.ts';
import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { surroundings } from '#tests/support/surroundings.ts';
import { CannotBill } from '../cannot-bill.ts';
import { cancellation } from '../credit/cancellation.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { draftCustomer } from '../draft-customer.ts';
import type { DueUnit, MeteredUsage } from '../due/due-unit.ts';
import type { RatedLine } from '../settle/settle-lines.ts';
import { rateUnit } from './rate.ts';

const MARCH = periodBetween('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', 'UTC', CALENDAR_MONTHS);
const SURROUNDINGS = surroundings();

function unit(
  changes: Omit<Partial<DueUnit>, 'charge'> & { price: unknown; metered?: boolean; position?: number },
): DueUnit {
  const { price, metered = true, position = 0, ...rest } = changes;
  return {
    subscriptionId: '019a0000-0000-7000-8000-000000000002',
    chargeKey: metered ? 'calls' : 'fee',
    kind: metered ? 'usage' : 'fee',
    period: MARCH,
    currency: 'EUR',
    plan: '"starter", version 1',
    billing: 'in_arrears',
    dueOn: '2026-04-01',
    changeId: '019a0000-0000-7000-8000-000000000003',
    quantity: null,
    charge: {
      position,
      terms: price && { key: 'calls', name: 'Calls', price, ...(metered && { meter: 'calls' }) },
      meter: metered ? { id: 4, key: 'calls' } : null,
    },
    ...rest,
  };
}

const used = (quantity: string): MeteredUsage => ({
  groupKey: '',
  quantity,
  ...(quantity === '0' ? { eventCount: '0', digest: '0' } : { eventCount: '2', digest: '99' }),
  carriedIn: '0',
});

describe('rateUnit', () => {
  const per = (unit_amount: string) => ({ model: 'per_unit', unit_amount });
  const tiers = {
    model: 'graduated',
    tiers: [
      { up_to: '100', unit_amount: '1', flat_amount: '5' },
      { up_to: null, unit_amount: '0.5' },
    ],
  };

  test.each([
    ['rounded once, half away from zero', per('0.005'), '1', 'EUR', '0.01'],
    ['below half a cent', per('0.00499999'), '1', 'EUR', '0.00'],
    ['not per unit, but per line', per('0.004'), '1000', 'EUR', '4.00'],
    ['no minor unit', per('0.5'), '3', 'JPY', '2'],
    ['three digits', per('0.0005'), '1', 'KWD', '0.001'],
    ['nothing used', per('2'), '0', 'EUR', '0.00'],
    ['nothing used, first tier flat', tiers, '0', 'EUR', '5.00'],
    ['between two whole units', tiers, '100.5', 'EUR', '105.25'],
    ['corrections outweigh usage', per('2'), '-3', 'EUR', '0.00'],
    ['more than a float can hold', per('0.01'), '12345678901234567890.5', 'EUR', '123456789012345678.91'],
    ['trailing zeros of a sum', per('1'), '10.500', 'EUR', '10.50'],
  ])('%s', (_name, price, quantity, currency, amount) => {
    const [line] = rateUnit(unit({ price, currency }), [used(quantity)]) as [RatedLine];
    expect(line.amount).toBe(amount);
    expect(line.evidence).toMatchObject({ meter: 'calls', meter_id: 4, quantity: line.quantity });
  });

  test.each([
    ['a whole month', '2026-03-01', '2026-04-01', '31.00', 'flat'],
    ['17 of 31 days', '2026-03-15', '2026-04-01', '17.00', 'flat', 'proration'],
    ['one day', '2026-03-31', '2026-04-01', '1.00', 'flat', 'proration'],
  ])('a fee for %s', (_name, from, to, amount, ...rules) => {
    const period = periodBetween(`${from}T00:00:00Z`, `${to}T00:00:00Z`, 'UTC', CALENDAR_MONTHS);
    const [line] = rateUnit(unit({ price: { model: 'flat', amount: '31' }, metered: false, period }), null) as [
      RatedLine,
    ];
    expect(line).toMatchObject({ amount, kind: 'fee', quantity: '1', steps: rules.map((rule) => ({ rule })) });
    expect(line.evidence).toBeUndefined();
  });

  test.each([
    ['no price', unit({ price: null }), 'missing_price', /Charge "calls" of plan "starter", version 1 has no price/],
    ['an unknown model', unit({ price: { model: 'x' } }), 'invalid_price', /Charge "calls".*model/],
    [
      'a rate without a meter',
      unit({ price: per('1'), metered: false }),
      'price_needs_meter',
      /price for usage but no meter/,
    ],
    ['an unknown currency', unit({ price: per('1'), currency: 'XXX' }), 'unknown_currency', /XXX/],
  ])('%s stops the bill and says what is missing', (_name, wrong, code, detail) => {
    let error: unknown;
    try {
      rateUnit(wrong, wrong.kind === 'usage' ? [used('1')] : null);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CannotBill);
    expect(error).toMatchObject({ code, message: expect.stringMatching(detail) });
  });
});

const decimal = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, scale]) => new Big(digits.toString()).div(new Big('10').pow(scale)).toFixed());
const price = fc.oneof(
  decimal.map((unit_amount) => ({ model: 'per_unit', unit_amount })),
  fc.tuple(decimal, decimal, decimal).map(([first, second, flat_amount]) => ({
    model: 'graduated',
    tiers: [
      { up_to: '1000.5', unit_amount: first, flat_amount },
      { up_to: null, unit_amount: second },
    ],
  })),
);
const collected = fc.tuple(price, decimal).map(([model, quantity]) => ({ price: model, quantity }));
const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');

function draftOf(charges: readonly { price: unknown; quantity: string }[], code: string): InvoiceDraft[] {
  return draftCustomer(
    charges.map((charge, index) => ({
      unit: unit({ price: charge.price, chargeKey: `calls-${index}`, position: index, currency: code }),
      usage: [used(charge.quantity)],
    })),
    SURROUNDINGS,
  );
}

describe('draftCustomer', () => {
  test('any prices and quantities make a document that adds up, and its credit note takes back exactly that', () => {
    fc.assert(
      fc.property(fc.array(collected, { minLength: 1, maxLength: 6 }), currency, (charges, code) => {
        const [draft] = draftOf(charges, code) as [InvoiceDraft];
        const sum = draft.body.lines.reduce((total, line) => total.plus(line.amount), new Big('0'));
        expect(draft.body.total).toBe(sum.toFixed(currencyDigits(code)));
        const invoice = { ...draft.body, id: 'an id', number: 'INV-2026-000001' } as InvoiceDocument;
        const note = cancellation(invoice, [], { reason: 'wrong', issueDate: '2026-04-02' });
        expect(new Big(note.total).plus(invoice.total).eq('0')).toBe(true);
        expect(checkDraft({ ...draft, units: [], body: note })).toEqual([]);
        expect(note.total).not.toMatch(/^-0(\.0*)?$/);
      }),
    );
  });

  test('the order in which units are found does not matter', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (order) => {
        const all = order.map((index) => ({
          unit: unit({ price: { model: 'per_unit', unit_amount: '1' }, chargeKey: `calls-${index}`, position: index }),
          usage: [used('3')],
        }));
        const [draft] = draftCustomer(all, SURROUNDINGS);
        expect(draft?.body.lines.map((line) => line.charge_key)).toEqual([0, 1, 2, 3, 4].map((n) => `calls-${n}`));
      }),
    );
  });
});

describe('checkDraft finds', () => {
  const [whole] = draftOf(
    [
      { price: { model: 'per_unit', unit_amount: '0.005' }, quantity: '333' },
      { price: { model: 'per_unit', unit_amount: '2' }, quantity: '4' },
    ],
    'EUR',
  ) as [InvoiceDraft];
  const [first, second] = whole.body.lines as [InvoiceDocument['lines'][0], InvoiceDocument['lines'][0]];
  const body = (changes: Partial<InvoiceDraft['body']>): InvoiceDraft => ({
    ...whole,
    body: { ...whole.body, ...changes },
  });
  const TAX = { key: 'vat', name: 'VAT', percent: '20', inclusive: false, base: '5.00', amount: '1.00' };
  const firstLine = (changes: Partial<typeof first>) => body({ lines: [{ ...first, ...changes }, second] });

  test('nothing in a draft that adds up', () => {
    expect(whole.body.total).toBe('9.67');
    expect(checkDraft(whole)).toEqual([]);
  });

  test.each([
    ['a total that is not the sum', body({ total: '9.68' }), /net and taxes make 9.67, the document says 9.68/],
    [
      'a subtotal that is not',
      body({ subtotal: '9.66', total: '9.66' }),
      /the lines make 9.67, the document says 9.66/,
    ],
    ['an amount that its steps do not make', firstLine({ amount: '1.66' }), /its steps make 1.665, its amount is 1.66/],
    ['too many digits', firstLine({ amount: '1.670' }), /does not have 2 digits/],
    ['another quantity than the evidence', firstLine({ quantity: '334' }), /evidence is for 333, billed is 334/],
    [
      'usage without evidence',
      body({ lines: [{ ...first, kind: 'fee' }, second] }),
      /usage has evidence and nothing else has/,
    ],
    ['a period that runs backwards', firstLine({ service_to: first.service_from as string }), /before it begins/],
    ['a unit on two lines', body({ lines: [first, { ...first, position: 2 }] }), /one unit stands on two lines/],
    ['units that are not those on the lines', { ...whole, units: whole.units.slice(1) }, /not those on the lines/],
    ['a line that is missing', body({ lines: [first] }), /the lines make 1.67/],
    ['positions with a gap', body({ lines: [first, { ...second, position: 3 }] }), /positions/],
    ['a negative line', firstLine({ amount: '-1.67' }), /wrong sign/],
    ['no lines', body({ lines: [] }), /no lines/],
    [
      'a net that is not amount less discount',
      firstLine({ net: '1.66' }),
      /1.67 less discount 0.00 is not its net of 1.66/,
    ],
    [
      'a discount that no line bears',
      body({ discount_total: '1.00', total: '8.67' }),
      /the discounts of the lines make 0/,
    ],
    [
      'a tax that no line bears',
      body({ taxes: [TAX], tax_total: '1.00', total: '10.67' }),
      /the parts of tax "vat" make 0/,
    ],
    [
      'a tax that the document has not',
      firstLine({ taxes: [{ tax: 3, amount: '0.00' }] }),
      /a tax that the document has not/,
    ],
    ['less due than is to be paid', body({ amount_due: '9.66' }), /what is due and what balances pay make 9.66/],
  ])('%s', (_name, draft, problem) => {
    expect(checkDraft(draft).join('\n')).toMatch(problem);
  });
});
