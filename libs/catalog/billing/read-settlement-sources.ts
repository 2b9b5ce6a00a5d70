import type { Transaction } from '#libs/database/transaction.ts';
import type { Customer } from '../customer-schema.ts';
import type { CustomerDiscount, DiscountUse } from '../discount-schema.ts';
import { selectDiscountUses } from '../store/select-discount-uses.ts';
import { selectDiscounts } from '../store/select-discounts.ts';
import { selectTaxRates } from '../store/select-tax-rates.ts';
import type { TaxRateEntry } from '../tax-rate-schema.ts';

/** What discounts and taxes of customers are made of. */
export interface SettlementSources {
  readonly rateEntries: readonly TaxRateEntry[];
  /** By customer. */
  readonly discounts: ReadonlyMap<string, readonly CustomerDiscount[]>;
  /** What live documents took, by discount. */
  readonly uses: ReadonlyMap<string, readonly DiscountUse[]>;
}

/**
 * Of all these customers at once. `organizationRates`: keys for customers that name none of their own. `exceptInvoiceId`: what this document
 * took counts as given back.
 */
export async function readSettlementSources(
  tx: Transaction,
  organizationId: number,
  customers: readonly Pick<Customer, 'id' | 'taxRates'>[],
  organizationRates: readonly string[],
  exceptInvoiceId?: string,
): Promise<SettlementSources> {
  const keys = new Set([...organizationRates, ...customers.flatMap(({ taxRates }) => taxRates ?? [])]);
  const rateEntries = keys.size === 0 ? [] : await selectTaxRates(tx, organizationId, [...keys]);
  const ids = customers.map(({ id }) => id);
  const discounts = await selectDiscounts(tx, organizationId, ids);
  const discountIds = discounts.map(({ id }) => id);
  const uses = discounts.length === 0 ? [] : await selectDiscountUses(tx, organizationId, discountIds, exceptInvoiceId);
  return {
    rateEntries,
    discounts: Map.groupBy(discounts, ({ customerId }) => customerId),
    uses: Map.groupBy(uses, ({ discountId }) => discountId),
  };
}
