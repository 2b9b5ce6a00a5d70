import { selectClock } from '#libs/catalog/clock/select-clock.ts';
import { updateClockOffset } from '#libs/catalog/clock/update-clock-offset.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { lockSchedule } from '../store/lock-schedule.ts';
import { selectOpenRunIds } from '../store/select-open-run-ids.ts';
import { queueDueRuns } from './queue-due-runs.ts';

export type AdvancedClock =
  | {
      readonly status: 'advanced';
      readonly now: number;
      readonly offsetSeconds: number;
      readonly runs: readonly BillingRun[];
    }
  | { readonly status: 'not_found' | 'live' }
  /** Runs are not at their end: they would not know by which time to bill. */
  | { readonly status: 'busy'; readonly runs: readonly string[] }
  /** Not ahead of the organization's present. */
  | { readonly status: 'not_ahead'; readonly now: number }
  | { readonly status: 'too_far'; readonly furthest: number };

const YEAR_MS = 366 * 86_400_000;
const MOST_AT_ONCE_MS = 5 * YEAR_MS;
const MOST_IN_ALL_MS = 20 * YEAR_MS;

/**
 * Moves the clock of a test organization forward to an instant (epoch milliseconds), up to a second further since it is kept in seconds, and
 * queues the runs of what is due by then: in one transaction, so whoever sees the new time sees the runs. From there it ticks on.
 * `realNow`: the machine's clock, for ids.
 */
export async function advanceClock(
  tx: Transaction,
  organizationId: number,
  to: number,
  realNow: () => number,
): Promise<AdvancedClock> {
  // The schedule may just be looking by the time of before.
  await lockSchedule(tx);
  const clock = await selectClock(tx, organizationId, true);
  if (clock === null) return { status: 'not_found' };
  if (clock.mode === 'live') return { status: 'live' };
  if (to <= clock.now) return { status: 'not_ahead', now: clock.now };
  const start = clock.now - clock.offsetSeconds * 1000;
  const furthest = Math.min(clock.now + MOST_AT_ONCE_MS, start + MOST_IN_ALL_MS);
  if (to > furthest) return { status: 'too_far', furthest };
  const open = await selectOpenRunIds(tx, organizationId);
  if (open.length > 0) return { status: 'busy', runs: open };
  const offsetSeconds = Math.ceil((to - start) / 1000);
  await updateClockOffset(tx, organizationId, offsetSeconds);
  const runs = await queueDueRuns(tx, realNow, { organizationId, lookAt: EVERY_ONE });
  return { status: 'advanced', now: start + offsetSeconds * 1000, offsetSeconds, runs };
}

const EVERY_ONE = 2 ** 31 - 1;
