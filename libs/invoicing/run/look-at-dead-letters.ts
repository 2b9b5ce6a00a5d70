import type { Transaction } from '#libs/database/transaction.ts';
import { countUncounted } from '#libs/metering/dead-letters/count-uncounted.ts';
import { serviceSpan } from '../due/service-span.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { selectSubscriptionTerms } from '../store/select-subscription-terms.ts';

export interface DeadLettersOfRun {
  /** Neither replayed nor discarded. */
  readonly open: number;
  /** Put into the log again after the barrier was noted: it may not cover them. */
  readonly replayed: number;
}

/**
 * The organization's events that could not be counted and lie in the service periods of a run: from the beginning of the first whole period
 * that ends in its window to the end of the last, by the time of the usage or, where that cannot be read, of arrival.
 */
export async function lookAtDeadLetters(
  tx: Transaction,
  { organizationId, endsAfter, endsUntil, barrier }: BillingRun,
): Promise<DeadLettersOfRun> {
  const span = serviceSpan(await selectSubscriptionTerms(tx, organizationId, endsAfter, endsUntil), {
    endsAfter,
    endsUntil,
  });
  if (span === null) return { open: 0, replayed: 0 };
  return countUncounted(tx, organizationId, { ...span, replayedSince: barrier?.notedAt ?? 0 });
}
