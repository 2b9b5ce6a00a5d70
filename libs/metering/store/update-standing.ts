import type { Transaction } from '#libs/database/transaction.ts';
import type { HourlyDelta, HourlyKey } from '../hour-fold.ts';

/** Sets the value that stands for min, max and latest in a locked hourly row. No `standing`: no event is left. */
export async function updateStanding(
  tx: Transaction,
  key: HourlyKey,
  standing: Pick<HourlyDelta, 'minimum' | 'maximum' | 'latest'> | undefined,
): Promise<void> {
  const latest = standing?.latest ?? null;
  await tx.query(
    `UPDATE usage_hourly SET minimum = $7, maximum = $8, latest = $9, latest_time = $10, latest_id = $11
      WHERE organization_id = $1 AND meter_id = $2 AND customer = $3 AND hour = $4 AND subscription = $5 AND group_key = $6`,
    [
      key.organizationId,
      key.meterId,
      key.customer,
      new Date(key.hour),
      key.subscription,
      key.groupKey,
      standing?.minimum ?? null,
      standing?.maximum ?? null,
      latest?.value ?? null,
      latest && new Date(latest.time),
      latest?.id ?? null,
    ],
  );
}
