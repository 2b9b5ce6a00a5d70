import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { selectPeriodDrafts } from '../store/select-period-drafts.ts';
import { upsertPeriodDrafts } from '../store/upsert-period-drafts.ts';
import { draftOneCustomer } from './draft-one-customer.ts';

export interface DraftNowRequest {
  readonly organizationId: number;
  readonly customerId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A month and the day that zones differ by. */
const LOOK_BACK_DAYS = 32;

/**
 * Stores drafts of a customer's periods that fell due within the last month and are not billed, without waiting for their grace or for the schedule; like a run that was
 * asked for also of those that had ended when the subscription was entered. What is older the schedule has billed, or nobody asked
 * for. Answers the ids of its period drafts, the first due first. @throws CannotBill
 */
export async function draftWhatIsOver(pool: Pool, request: DraftNowRequest): Promise<string[]> {
  const { organizationId, customerId, now } = request;
  const drafts = await inOrganization(pool, organizationId, (tx) => draftNow(tx, request), 'REPEATABLE READ READ ONLY');
  return inOrganization(pool, organizationId, async (tx) => {
    const made = drafts.flatMap(({ key, stored, isSkipped, body, units: [unit] }) =>
      key === undefined || stored || isSkipped
        ? []
        : [
            {
              id: uuidv7(now),
              customerId,
              key,
              finalizeAt: new Date(now),
              body,
              version: null,
              ...(unit && { unit }),
            },
          ],
    );
    await upsertPeriodDrafts(tx, organizationId, made);
    const rows = await selectPeriodDrafts(tx, organizationId, [customerId]);
    return rows.sort((a, b) => ((a.dueOn as string) < (b.dueOn as string) ? -1 : 1)).map(({ id }) => id);
  });
}

function draftNow(tx: Transaction, { organizationId, customerId, now }: DraftNowRequest) {
  // The furthest date there is now; begunAt says what of it is over.
  const until = addDays(localDateAt(now, 'UTC'), 1);
  return draftOneCustomer(tx, customerId, {
    organizationId,
    window: { endsAfter: addDays(until, -LOOK_BACK_DAYS), endsUntil: until, backdated: true },
    begunAt: now,
    graceMinutes: 0,
    now,
  });
}
