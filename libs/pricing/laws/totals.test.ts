import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import { currencyDigits } from '#libs/money/currency.ts';
import type { Big } from '#libs/money/decimal.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { holds, LAW_RUNS, same } from '#tests/support/laws.ts';
import { currency, decimal, smallQuantity } from '#tests/support/pricing/arbitraries.ts';
import { big, sumOf } from '#tests/support/pricing/price.ts';
import { type BillLine, type Discount, isFor, type TaxRate } from '../totals/bill.ts';
import { settle, type Terms } from '../totals/settle.ts';

/** Laws of a bill: discounts, taxes and totals of any lines. */

const RUNS = { numRuns: LAW_RUNS };
const CHARGES = ['a', 'b', 'c', null] as const;

const charges = fc.option(fc.subarray(['a', 'b', 'c'], { minLength: 1 })).map((keys) => keys ?? undefined);
const lineAmounts = fc.array(fc.tuple(fc.constantFrom(...CHARGES), fc.integer({ min: -3000, max: 30_000 })), {
  maxLength: 8,
});
const discount = fc.oneof(
  fc.tuple(decimal(10_000n, 2), charges).map(([percent, keys]) => ({
    percent: Number(percent) > 100 ? '100' : percent,
    charges: keys,
  })),
  fc.tuple(smallQuantity, charges).map(([amount, keys]) => ({ amount, charges: keys })),
);
const rates = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(decimal(3000n, 3), charges), { maxLength: 3 }))
  .map(([inclusive, all]) =>
    all.map(([percent, keys], index): TaxRate => ({ name: `tax ${index}`, percent, inclusive, charges: keys })),
  );

const terms = fc
  .record({
    currency,
    discounts: fc.array(discount, { maxLength: 3 }) as fc.Arbitrary<Discount[]>,
    taxRates: rates,
    prepaid: fc.nat(40_000),
  })
  .map(
    ({ prepaid, ...rest }): Terms => ({
      ...rest,
      taxTreatment: 'standard',
      prepaidBalance: big(String(prepaid)).times(unitOf(rest.currency)),
    }),
  );

const unitOf = (code: string): Big => big(`1e-${currencyDigits(code)}`);

const linesOf = (amounts: readonly (readonly [string | null, number])[], code: string): BillLine[] =>
  amounts.map(([charge, units]) => ({
    charge,
    kind: charge === null ? 'plan_minimum' : 'charge',
    group: null,
    quantity: '1',
    amount: big(String(units)).times(unitOf(code)),
    steps: [],
  }));

/** A bill of any lines by any terms. */
const law = (check: (lines: readonly BillLine[], terms: Terms) => void) => () =>
  fc.assert(
    fc.property(lineAmounts, terms, (amounts, each) => check(linesOf(amounts, each.currency), each)),
    RUNS,
  );

describe('totals', () => {
  test(
    'total = Σ lines − discounts + taxes that are added, and what is due is that without prepaid balance',
    law((lines, each) => {
      const { totals, discounts, taxes } = settle(lines, each);
      const off = sumOf(discounts.map(({ amount }) => amount));
      const added = sumOf(taxes.filter(({ inclusive }) => !inclusive).map(({ amount }) => amount));
      same(totals.subtotal, sumOf(lines.map(({ amount }) => amount)));
      same(totals.discountTotal, off);
      same(totals.total, totals.subtotal.minus(off).plus(added));
      same(totals.total, totals.totalExcludingTax.plus(totals.taxTotal));
      holds(totals.prepaidApplied.lte(each.prepaidBalance) && totals.prepaidApplied.gte('0'));
      const payable = totals.total.gt('0') ? totals.total : big('0');
      same(totals.amountDue.plus(totals.prepaidApplied), payable);
      // Nothing is due as long as prepaid balance is left.
      if (totals.prepaidApplied.lt(each.prepaidBalance)) same(totals.amountDue, big('0'));
    }),
  );

  test(
    'discounts, nets and taxes of the lines add up to those of the bill',
    law((lines, each) => {
      const { lines: settled, totals, taxes } = settle(lines, each);
      same(sumOf(settled.map(({ discount: off }) => off)), totals.discountTotal);
      same(sumOf(settled.map(({ net }) => net)), totals.totalExcludingTax);
      same(sumOf(settled.flatMap((line) => line.taxes.map(({ amount }) => amount))), totals.taxTotal);
      for (const { name, amount } of taxes)
        same(
          sumOf(settled.flatMap((line) => line.taxes.filter((tax) => tax.name === name).map((tax) => tax.amount))),
          amount,
        );
      for (const line of settled) {
        const contained = each.taxRates.some(({ inclusive }) => inclusive)
          ? sumOf(line.taxes.map(({ amount }) => amount))
          : big('0');
        same(line.net.plus(contained), line.amount.minus(line.discount));
        const figures = [line.discount, line.net, ...line.taxes.map(({ amount }) => amount)];
        holds(figures.every((figure) => roundToCurrency(figure, each.currency).eq(figure)));
      }
    }),
  );
});

describe('discounts', () => {
  test(
    'take no line below zero, none from a line below zero, and only from lines they are for',
    law((lines, each) => {
      for (const line of settle(lines, each).lines) {
        holds(line.discount.gte('0') && line.discount.lte(line.amount.gt('0') ? line.amount : '0'));
        if (!each.discounts.some((one) => isFor(one, line))) same(line.discount, big('0'));
      }
    }),
  );

  test(
    'each is rounded once on what the earlier ones left, and takes no more than that',
    law((lines, each) => {
      const { discounts } = settle(lines, each);
      for (const [index, { discount: one, amount }] of discounts.entries()) {
        const left = settle(lines, { ...each, discounts: each.discounts.slice(0, index) }).lines;
        const eligible = left.filter((line) => isFor(one, line) && line.amount.gt('0'));
        const base = sumOf(eligible.map((line) => line.amount.minus(line.discount)));
        const wanted = one.percent === undefined ? big(one.amount as string) : base.times(one.percent).div('100');
        const rounded = roundToCurrency(wanted, each.currency);
        same(amount, rounded.gt(base) ? base : rounded);
      }
    }),
  );
});

describe('a tax', () => {
  test(
    'is its rate on the sum of its lines, rounded once: never off by a cent',
    law((lines, each) => {
      const { lines: settled, taxes } = settle(lines, each);
      const grossOf = (line: (typeof settled)[number]): Big => line.amount.minus(line.discount);
      for (const [index, { percent, base, amount, inclusive }] of taxes.entries()) {
        const rate = each.taxRates[index] as TaxRate;
        const its = settled.filter((line) => isFor(rate, line));
        same(base, sumOf(its.map(({ net }) => net)));
        if (!inclusive) {
          same(base, sumOf(its.map(grossOf)));
          same(amount, roundToCurrency(base.times(percent).div('100'), each.currency));
          continue;
        }
        // In whole numbers: Σ gross × rate ÷ (100 + rates contained in the line), in minor units, half away from zero.
        const digits = currencyDigits(each.currency);
        const parts = its.map((line) => {
          const contained = sumOf(
            each.taxRates.filter((other) => isFor(other, line)).map((other) => big(other.percent)),
          );
          return [
            BigInt(grossOf(line).times(`1e${digits}`).times(percent).times('1000').toFixed(0)),
            BigInt(contained.plus('100').times('1000').toFixed(0)),
          ] as const;
        });
        const over = parts.reduce((product, [, divisor]) => product * divisor, 1n);
        const sum = parts.reduce((total, [part, divisor]) => total + part * (over / divisor), 0n);
        const magnitude = (2n * (sum < 0n ? -sum : sum) + over) / (2n * over);
        same(amount, big(String(sum < 0n ? -magnitude : magnitude)).times(`1e-${digits}`));
        // One rate alone: base and tax share one rounding of half a minor unit, so the tax is its rate on the base but for that.
        if (each.taxRates.length > 1) continue;
        const most = unitOf(each.currency).times(big(percent).plus('100')).div('200');
        holds(base.times(percent).div('100').minus(amount).abs().lte(most));
      }
    }),
  );

  test(
    'of a line lies within one minor unit of its exact share',
    law((lines, each) => {
      const { lines: settled, taxes } = settle(lines, each);
      for (const [index, { name, percent, inclusive }] of taxes.entries()) {
        for (const line of settled) {
          const part = line.taxes.find((tax) => tax.name === name);
          holds((part !== undefined) === isFor(each.taxRates[index] as TaxRate, line));
          if (!part) continue;
          const gross = line.amount.minus(line.discount);
          const contained = each.taxRates
            .filter((other) => inclusive && isFor(other, line))
            .map((other) => big(other.percent));
          const divisor = sumOf(contained).plus('100');
          // |part − gross × rate ÷ divisor| < unit, without dividing.
          const off = part.amount.times(divisor).minus(gross.times(percent)).abs();
          holds(off.lt(divisor.times(unitOf(each.currency))));
        }
      }
    }),
  );
});
