import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { addTaxes } from './add-taxes.ts';
import type { Bill, Discount, Settleable, SettledLine, TaxRate, TaxTreatment } from './bill.ts';
import { takeDiscounts } from './take-discounts.ts';

const ZERO = new Big('0');

export interface Terms {
  readonly currency: string;
  /** In their order. */
  readonly discounts: readonly Discount[];
  readonly taxRates: readonly TaxRate[];
  /** Any but `standard`: no tax, and an amount that would contain one stays what it is. */
  readonly taxTreatment: TaxTreatment;
  readonly prepaidBalance: Big;
}

/**
 * From lines to what is due: discounts, then taxes, then prepaid balance, which pays the gross amount.
 * Total = Σ lines − discounts + taxes that are not contained. A total below zero leaves nothing due: it becomes credit.
 * @throws RangeError when some taxes are contained and others are not
 */
export function settle<Line extends Settleable>(lines: readonly Line[], terms: Terms): Bill<Line> {
  const { currency, discounts } = terms;
  const rates = terms.taxTreatment === 'standard' ? terms.taxRates : [];
  if (new Set(rates.map(({ inclusive }) => inclusive)).size > 1)
    throw new RangeError('taxes of one bill are either all contained in the amounts or all added to them');
  const taken = takeDiscounts(lines, discounts, currency);
  const discounted = lines.map((line, index) => ({ line, amount: line.amount.minus(taken.byLine[index] as Big) }));
  const { taxes, byLine, nets } = addTaxes(discounted, rates, currency);
  const settled = lines.map((line, index): SettledLine<Line> => {
    const [discount, net, taxesOfLine] = [taken.byLine[index], nets[index], byLine[index]];
    return { ...line, discount: discount as Big, net: net as Big, taxes: taxesOfLine as SettledLine['taxes'] };
  });
  const totalExcludingTax = sum(nets);
  const taxTotal = sum(taxes.map(({ amount }) => amount));
  const total = totalExcludingTax.plus(taxTotal);
  const payable = total.gt(ZERO) ? total : ZERO;
  const prepaidApplied = terms.prepaidBalance.lt(payable) ? terms.prepaidBalance : payable;
  return {
    lines: settled,
    discounts: discounts.map((discount, index) => ({ discount, amount: taken.byDiscount[index] as Big })),
    taxes,
    totals: {
      subtotal: sum(lines.map(({ amount }) => amount)),
      discountTotal: sum(taken.byDiscount),
      totalExcludingTax,
      taxTotal,
      total,
      prepaidApplied,
      amountDue: payable.minus(prepaidApplied),
    },
  };
}
