import type { DiscountUse } from '#libs/catalog/discount-schema.ts';
import { Big } from '#libs/money/decimal.ts';
import type { InvoiceDocument } from '../documents/document.ts';

/** What the discounts of a document took of coupons, by period. One that took nothing is not used. */
export const usesTaken = (discounts: InvoiceDocument['discounts']): DiscountUse[] =>
  discounts.flatMap(({ id, period, taken }) =>
    id === undefined || period === undefined || new Big(taken).eq('0')
      ? []
      : [{ discountId: id, periodFrom: period.from, periodTo: period.to, amount: new Big(taken).toFixed() }],
  );
