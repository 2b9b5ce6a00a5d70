import { describe, expect, test } from '@jest/globals';
import { big } from '#tests/support/pricing/price.ts';
import type { BillLine, TaxRate } from './bill.ts';
import { settle, type Terms } from './settle.ts';

const linesOf = (...amounts: string[]): BillLine[] =>
  amounts.map((amount, index) => ({
    charge: 'abcdefgh'.charAt(index),
    kind: 'charge',
    group: null,
    quantity: '1',
    amount: big(amount),
    steps: [],
  }));

const termsOf = (terms: Partial<Terms>): Terms => ({
  currency: 'USD',
  discounts: [],
  taxRates: [],
  taxTreatment: 'standard',
  prepaidBalance: big('0'),
  ...terms,
});

const added = (percent: string, charges?: string[]): TaxRate => ({
  name: `tax ${percent}`,
  percent,
  inclusive: false,
  ...(charges && { charges }),
});
const contained = (percent: string, charges?: string[]): TaxRate => ({ ...added(percent, charges), inclusive: true });

/** Bill as text: `[nets] base → tax … = total excluding tax, tax, total`. */
function settled(amounts: string[], terms: Partial<Terms>) {
  const { lines, taxes, totals } = settle(linesOf(...amounts), termsOf(terms));
  return {
    nets: lines.map(({ net }) => net.toFixed()).join(),
    byLine: lines.map((line) => line.taxes.map(({ amount }) => amount.toFixed()).join('+')).join(),
    taxes: taxes.map(({ base, amount }) => `${base.toFixed()}→${amount.toFixed()}`).join(),
    total: `${totals.totalExcludingTax.toFixed()}+${totals.taxTotal.toFixed()}=${totals.total.toFixed()}`,
  };
}

describe('taxes that are added', () => {
  test.each<[string, string[], TaxRate[], Omit<ReturnType<typeof settled>, 'nets'>]>([
    ['none', ['10'], [], { byLine: '', taxes: '', total: '10+0=10' }],
    // support.stripe.com/questions/inclusive-and-exclusive-tax-options-in-the-tax-rate-api-and-stripe-tax.
    ['Stripe: 10 % on 600', ['600'], [added('10')], { byLine: '60', taxes: '600→60', total: '600+60=660' }],
    // support.stripe.com/questions/rounding-rules-for-stripe-fees: 15 % of 0.43 and 4.84.
    [
      'Stripe: two lines',
      ['0.43', '4.84'],
      [added('15')],
      { byLine: '0.06,0.73', taxes: '5.27→0.79', total: '5.27+0.79=6.06' },
    ],
    [
      'rounded once on the sum, not per line',
      ['0.05', '0.05', '0.05'],
      [added('10')],
      { byLine: '0.01,0.01,0', taxes: '0.15→0.02', total: '0.15+0.02=0.17' },
    ],
    ['half a cent goes up', ['0.05'], [added('10')], { byLine: '0.01', taxes: '0.05→0.01', total: '0.05+0.01=0.06' }],
    [
      'two rates, each on the net',
      ['100'],
      [added('5'), added('9.975')],
      { byLine: '5+9.98', taxes: '100→5,100→9.98', total: '100+14.98=114.98' },
    ],
    [
      'rates for some charges',
      ['100', '50', '10'],
      [added('20', ['a']), added('7', ['b', 'a'])],
      { byLine: '20+7,3.5,', taxes: '100→20,150→10.5', total: '160+30.5=190.5' },
    ],
    ['a rate of nothing is told', ['100'], [added('0')], { byLine: '0', taxes: '100→0', total: '100+0=100' }],
    ['a rate without lines', ['100'], [added('20', ['z'])], { byLine: '', taxes: '0→0', total: '100+0=100' }],
    [
      'a line below zero takes its tax back',
      ['100', '-40'],
      [added('20')],
      { byLine: '20,-8', taxes: '60→12', total: '60+12=72' },
    ],
    [
      'cents of both signs add up',
      ['0.03', '-0.08', '0.07'],
      [added('19')],
      { byLine: '0.01,-0.02,0.01', taxes: '0.02→0', total: '0.02+0=0.02' },
    ],
  ])('%s', (_, amounts, taxRates, expected) => {
    expect(settled(amounts, { taxRates })).toEqual({ ...expected, nets: amounts.join() });
  });
});

describe('taxes that are contained', () => {
  test.each<[string, string[], TaxRate[], ReturnType<typeof settled>]>([
    // support.stripe.com/questions/inclusive-and-exclusive-tax-options-in-the-tax-rate-api-and-stripe-tax: the total stays 600.
    [
      'Stripe: 10 % in 600',
      ['600'],
      [contained('10')],
      { nets: '545.45', byLine: '54.55', taxes: '545.45→54.55', total: '545.45+54.55=600' },
    ],
    [
      'a fifth on top is a sixth within',
      ['120'],
      [contained('20')],
      { nets: '100', byLine: '20', taxes: '100→20', total: '100+20=120' },
    ],
    [
      'two rates, both on the net without either',
      ['115'],
      [contained('5'), contained('10')],
      { nets: '100', byLine: '5+10', taxes: '100→5,100→10', total: '100+15=115' },
    ],
    [
      'rounded once on the sum',
      ['0.10', '0.10', '0.10'],
      [contained('20')],
      { nets: '0.08,0.08,0.09', byLine: '0.02,0.02,0.01', taxes: '0.25→0.05', total: '0.25+0.05=0.3' },
    ],
    [
      'for some charges: the divisor is of the line',
      ['120', '115', '10'],
      [contained('20', ['a']), contained('15', ['b'])],
      { nets: '100,100,10', byLine: '20,15,', taxes: '100→20,100→15', total: '210+35=245' },
    ],
    [
      'one rate in lines with and without another',
      ['130', '120'],
      [contained('20'), contained('10', ['a'])],
      { nets: '100,100', byLine: '20+10,20', taxes: '200→40,100→10', total: '200+50=250' },
    ],
    ['nothing contained', ['5'], [contained('0')], { nets: '5', byLine: '0', taxes: '5→0', total: '5+0=5' }],
    [
      'below zero',
      ['-120'],
      [contained('20')],
      { nets: '-100', byLine: '-20', taxes: '-100→-20', total: '-100+-20=-120' },
    ],
  ])('%s', (_, amounts, taxRates, expected) => {
    expect(settled(amounts, { taxRates })).toEqual(expected);
  });

  test('together with some that are added they are refused', () => {
    expect(() => settled(['1'], { taxRates: [added('1'), contained('1')] })).toThrow(RangeError);
    expect(() => settled(['1'], { taxRates: [added('1'), contained('1')] })).toThrow(
      'either all contained in the amounts or all added to them',
    );
  });
});

describe('from lines to what is due', () => {
  test('taxes after discounts, prepaid balance last', () => {
    const { lines, discounts, taxes, totals } = settle(
      linesOf('100', '50'),
      termsOf({ discounts: [{ name: 'spring', percent: '10' }], taxRates: [added('20')], prepaidBalance: big('62') }),
    );
    expect(JSON.parse(JSON.stringify(totals))).toEqual({
      subtotal: '150',
      discountTotal: '15',
      totalExcludingTax: '135',
      taxTotal: '27',
      total: '162',
      prepaidApplied: '62',
      amountDue: '100',
    });
    expect(discounts).toEqual([{ discount: { name: 'spring', percent: '10' }, amount: big('15') }]);
    expect(taxes).toEqual([{ name: 'tax 20', percent: '20', inclusive: false, base: big('135'), amount: big('27') }]);
    expect(lines[1]).toEqual({
      ...linesOf('100', '50')[1],
      discount: big('5'),
      net: big('45'),
      taxes: [{ name: 'tax 20', percent: '20', amount: big('9') }],
    });
  });

  test.each(['reverse_charge', 'exempt', 'out_of_scope'] as const)('%s: no tax, contained or not', (taxTreatment) => {
    const untaxed = { nets: '100', byLine: '', taxes: '', total: '100+0=100' };
    expect(settled(['100'], { taxTreatment, taxRates: [added('20')] })).toEqual(untaxed);
    expect(settled(['100'], { taxTreatment, taxRates: [contained('20')] })).toEqual(untaxed);
    expect(settled(['100'], { taxTreatment, taxRates: [added('1'), contained('1')] })).toEqual(untaxed);
  });

  test.each([
    ['less than the total', '100', '30', '30', '70'],
    ['all of it', '100', '100', '100', '0'],
    ['more', '100', '100.01', '100', '0'],
    ['none', '100', '0', '0', '100'],
    ['nothing to pay', '0', '30', '0', '0'],
    ['less than nothing: it becomes credit', '-5', '30', '0', '0'],
  ])('prepaid balance pays %s', (_, amount, balance, applied, due) => {
    const { totals } = settle(linesOf(amount), termsOf({ prepaidBalance: big(balance) }));
    expect([totals.prepaidApplied.toFixed(), totals.amountDue.toFixed(), totals.total.toFixed()]).toEqual([
      applied,
      due,
      amount,
    ]);
  });

  test('no lines', () => {
    expect(settled([], { taxRates: [added('20')] })).toEqual({ nets: '', byLine: '', taxes: '0→0', total: '0+0=0' });
  });

  test('in the digits of the currency', () => {
    expect(settled(['105', '5'], { currency: 'JPY', taxRates: [added('10')] })).toMatchObject({ taxes: '110→11' });
    expect(settled(['0.005'], { currency: 'KWD', taxRates: [added('10')] })).toMatchObject({ taxes: '0.005→0.001' });
  });
});
