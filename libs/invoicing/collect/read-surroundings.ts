import { readExchangeRates } from '#libs/catalog/billing/read-exchange-rates.ts';
import { readSettlementSources } from '#libs/catalog/billing/read-settlement-sources.ts';
import { localDateAt } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { Watermark } from '#libs/metering/read/read-watermark.ts';
import { draftKeyText, type Surroundings } from '../documents/assemble.ts';
import { buyerOf } from '../documents/buyer.ts';
import type { BillableCustomer } from '../store/billable-customer.ts';
import { keyOfDraft } from '../store/draft-row.ts';
import { selectIssueDates } from '../store/select-issue-dates.ts';
import { selectPeriodDrafts } from '../store/select-period-drafts.ts';
import type { SellerTerms } from '../store/select-seller.ts';

export interface SurroundingsRequest {
  readonly organizationId: number;
  readonly terms: SellerTerms;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly watermark: Watermark;
  /** What this document took of discounts counts as not taken, since it is issued anew. */
  readonly exceptInvoiceId?: string | undefined;
}

/** All that documents of these customers take from seller, buyer, discounts and taxes, out of the transaction's snapshot. */
export async function readSurroundings(
  tx: Transaction,
  { organizationId, terms, now, watermark, exceptInvoiceId }: SurroundingsRequest,
  customers: readonly BillableCustomer[],
): Promise<(customer: BillableCustomer) => Surroundings> {
  const issueDates = await selectIssueDates(tx, organizationId, localDateAt(now, terms.timeZone));
  const sources = await readSettlementSources(tx, organizationId, customers, terms.taxRates, exceptInvoiceId);
  const ids = customers.map(({ id }) => id);
  const drafts = Map.groupBy(await selectPeriodDrafts(tx, organizationId, ids), ({ customerId }) => customerId);
  const { currency } = terms;
  const home = currency && {
    currency,
    rates: await readExchangeRates(tx, organizationId, currency, issueDates.invoice),
  };
  return (customer) => {
    const discounts = sources.discounts.get(customer.id) ?? [];
    return {
      customerId: customer.id,
      seller: terms.seller,
      buyer: buyerOf(customer),
      paymentTermsDays: customer.paymentTermsDays ?? terms.paymentTermsDays,
      notes: terms.documentNotes,
      watermark,
      home: home || null,
      creditsIssuedOn: issueDates.credit_note,
      storedDrafts: new Map((drafts.get(customer.id) ?? []).map((draft) => [draftKeyText(keyOfDraft(draft)), draft])),
      settlement: {
        issueOn: issueDates.invoice,
        taxpayer: customer,
        organizationRates: terms.taxRates,
        rateEntries: sources.rateEntries,
        discounts,
        uses: discounts.flatMap(({ id }) => sources.uses.get(id) ?? []),
      },
    };
  };
}
