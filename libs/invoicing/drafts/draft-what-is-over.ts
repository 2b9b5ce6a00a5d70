import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { CannotBill } from '../cannot-bill.ts';
import { collectIn } from '../collect/collect.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { draftCollected } from '../run/draft-collected.ts';
import { selectPeriodDrafts } from '../store/select-period-drafts.ts';
import { upsertPeriodDrafts } from '../store/upsert-period-drafts.ts';

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
  const drafts = await inOrganization(pool, organizationId, (tx) => collect(tx, request), 'REPEATABLE READ READ ONLY');
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

async function collect(
  tx: Parameters<typeof collectIn>[0],
  { organizationId, customerId, now }: DraftNowRequest,
): Promise<readonly InvoiceDraft[]> {
  // The furthest date there is now; begunAt says what of it is over.
  const until = addDays(localDateAt(now, 'UTC'), 1);
  const { customers, parked } = await collectIn(tx, {
    organizationId,
    window: { endsAfter: addDays(until, -LOOK_BACK_DAYS), endsUntil: until, backdated: true },
    begunAt: now,
    graceMinutes: 0,
    now,
    after: null,
    limit: 1,
    customerIds: [customerId],
  });
  const [refused] = parked;
  if (refused) throw new CannotBill(refused.code as CannotBill['code'], refused.detail);
  return customers.flatMap((collected) => draftCollected(collected).drafts);
}
