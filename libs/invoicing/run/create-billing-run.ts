import { startOfLocalDay } from '#libs/catalog/billing-period.ts';
import { selectClockOffset } from '#libs/catalog/clock/select-clock-offset.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { findPeriodNotOver, type PeriodNotOver } from '../due/period-not-over.ts';
import { serviceSpan } from '../due/service-span.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun, type NewBillingRun } from '../store/insert-billing-run.ts';
import { selectCustomerIds } from '../store/select-customer-ids.ts';
import { selectNow } from '../store/select-now.ts';
import { selectSeller } from '../store/select-seller.ts';
import { selectSubscriptionTerms } from '../store/select-subscription-terms.ts';

export type CreatedBillingRun =
  | { readonly status: 'queued'; readonly run: BillingRun }
  /** Places of the keys that are no customer's; nothing was queued. */
  | { readonly status: 'unknown_customers'; readonly places: readonly number[] }
  /** A period that was asked for cannot be billed yet; nothing was queued. */
  | { readonly status: 'period_not_over'; readonly notOver: PeriodNotOver }
  /** No period ends in the window, and it lies ahead; nothing was queued. */
  | { readonly status: 'window_ahead' };

export interface WantedBillingRun extends Omit<NewBillingRun, 'customerIds' | 'backdated' | 'retryOf'> {
  /** Keys of the only customers it is for; without them it is for all. */
  readonly customers?: readonly string[] | undefined;
}

/** Queues a run for the periods that end after the one local date and not after the other, if all of them are over. */
export async function createBillingRun(tx: Transaction, wanted: WantedBillingRun): Promise<CreatedBillingRun> {
  const { organizationId, endsAfter, endsUntil, customers } = wanted;
  const ids = await selectCustomerIds(tx, organizationId, customers ?? []);
  const places = (customers ?? []).flatMap((key, place) => (ids.has(key) ? [] : [place]));
  if (places.length > 0) return { status: 'unknown_customers', places };
  const customerIds = customers && [...ids.values()];
  const terms = await selectSubscriptionTerms(tx, organizationId, endsAfter, endsUntil, customerIds);
  const now = (await selectNow(tx)) + (await selectClockOffset(tx, organizationId));
  const notOver = findPeriodNotOver(terms, wanted, now);
  if (notOver !== null) return { status: 'period_not_over', notOver };
  if (serviceSpan(terms, wanted) === null) {
    const { timeZone } = await selectSeller(tx, organizationId);
    if (startOfLocalDay(endsUntil, timeZone) > now) return { status: 'window_ahead' };
  }
  return { status: 'queued', run: await insertBillingRun(tx, { ...wanted, customerIds }) };
}
