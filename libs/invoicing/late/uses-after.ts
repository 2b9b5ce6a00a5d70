import type { DiscountUse } from '#libs/catalog/discount-schema.ts';

/** What is taken of discounts once these documents take what they take by now, in place of what they took. */
export function usesAfter(
  uses: readonly DiscountUse[],
  corrected: readonly { readonly invoiceId: string; readonly uses: readonly DiscountUse[] }[],
): DiscountUse[] {
  const ids = new Set(corrected.map(({ invoiceId }) => invoiceId));
  return [
    ...uses.filter(({ invoiceId }) => invoiceId === undefined || !ids.has(invoiceId)),
    ...corrected.flatMap(({ invoiceId, uses: own }) => own.map((use) => ({ ...use, invoiceId }))),
  ];
}
