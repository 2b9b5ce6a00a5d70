import type { Transaction } from '#libs/database/transaction.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { insertBillingRun } from '../store/insert-billing-run.ts';
import { selectParkedIds } from '../store/select-parked-ids.ts';

/** Queues a run like this one for the customers that it parked. Null when there are none. */
export async function retryParked(
  tx: Transaction,
  run: BillingRun,
  { id, requestedBy }: { readonly id: string; readonly requestedBy: string },
): Promise<BillingRun | null> {
  const { organizationId, endsAfter, endsUntil, backdated, dryRun } = run;
  const customerIds = await selectParkedIds(tx, organizationId, run.id);
  if (customerIds.length === 0) return null;
  return insertBillingRun(tx, {
    organizationId,
    id,
    endsAfter,
    endsUntil,
    requestedBy,
    backdated,
    dryRun,
    customerIds,
    retryOf: run.id,
  });
}
