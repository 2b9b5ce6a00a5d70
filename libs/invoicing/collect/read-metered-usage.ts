import type { Transaction } from '#libs/database/transaction.ts';
import { readEventAmounts } from '#libs/metering/read/read-event-amounts.ts';
import { readUsage } from '#libs/metering/read/read-usage.ts';
import type { UsageRequest } from '#libs/metering/read/usage-request.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import { needsEvents } from '#libs/pricing/needs-events.ts';
import type { MeteredUsage } from '../due/due-unit.ts';
import { groupChoice } from '../rate/group-choice.ts';

/** The usage that a charge prices. */
export interface ChargeUsageRequest {
  /** Undefined: terms that cannot be read; they are refused when they are rated. */
  readonly charge: Charge | undefined;
  readonly currency: string;
  readonly request: Omit<UsageRequest, 'groups'>;
}

/** For each charge its usage, split and filtered as it asks for, with single events where its price looks at them. REPEATABLE READ. */
export async function readMeteredUsage(
  tx: Transaction,
  organizationId: number,
  asked: readonly ChargeUsageRequest[],
): Promise<MeteredUsage[][]> {
  const requests = asked.map(
    ({ charge, request }): UsageRequest => ({ ...request, groups: charge && groupChoice(charge) }),
  );
  const usage: MeteredUsage[][] = await readUsage(tx, organizationId, requests);
  const places = asked.flatMap(({ charge, currency }, index) =>
    charge && needsEvents(charge, currency) ? [index] : [],
  );
  const amounts = await readEventAmounts(
    tx,
    organizationId,
    places.map((index) => requests[index] as UsageRequest),
  );
  for (const [at, index] of places.entries())
    usage[index] = (usage[index] as MeteredUsage[]).map((one) => ({
      ...one,
      events: amounts[at]?.get(one.groupKey) ?? [],
    }));
  return usage;
}
