import type { Transaction } from '#libs/database/transaction.ts';
import { findPeriodNotOver, type PeriodNotOver } from '../period-not-over.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun, type NewBillingRun } from '../store/insert-billing-run.ts';
import { selectNow } from '../store/select-now.ts';
import { selectSeller } from '../store/select-seller.ts';
import { selectSubscriptionTerms } from '../store/select-subscription-terms.ts';

export type CreatedBillingRun =
  | { readonly status: 'queued'; readonly run: BillingRun }
  /** A period that was asked for cannot be billed yet; nothing was queued. */
  | { readonly status: 'period_not_over'; readonly notOver: PeriodNotOver };

/** Queues a run for the periods that end after the one local date and not after the other, if all of them are over. */
export async function createBillingRun(tx: Transaction, wanted: NewBillingRun): Promise<CreatedBillingRun> {
  const { organizationId, endsAfter, endsUntil } = wanted;
  const { graceMinutes } = await selectSeller(tx, organizationId);
  const terms = await selectSubscriptionTerms(tx, organizationId, endsAfter, endsUntil);
  const notOver = findPeriodNotOver(terms, wanted, await selectNow(tx), graceMinutes);
  if (notOver !== null) return { status: 'period_not_over', notOver };
  return { status: 'queued', run: await insertBillingRun(tx, wanted) };
}
