import type { Transaction } from '#libs/database/transaction.ts';
import type { Subscribed } from '../subscribed.ts';

/** A subscription without changes yet, entered now by its organization's clock. Until it was looked at, something may be due from its first day on. */
export async function insertSubscription(
  tx: Transaction,
  organizationId: number,
  row: Omit<Subscribed, 'changes' | 'plans' | 'createdAt'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO subscriptions (organization_id, id, customer_id, currency, starts_on, ends_on, agreed_ends_on, time_zone, anchor,
                                trial_days, trial_usage, due_from, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $5,
             (SELECT now() + make_interval(secs => clock_offset_seconds) FROM organizations WHERE id = $1))`,
    [
      organizationId,
      row.subscriptionId,
      row.customerId,
      row.currency,
      row.startsOn,
      row.endsOn,
      row.timeZone,
      row.anchor,
      row.trialDays,
      row.trialUsage,
    ],
  );
}
