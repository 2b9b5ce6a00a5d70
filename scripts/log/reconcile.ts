import { checkCounters } from '#libs/metering/reconcile/check-counters.ts';
import type { HourDifference } from '#libs/metering/reconcile/compare-hours.ts';
import { reconcileDeep } from '#libs/metering/reconcile/reconcile-deep.ts';
import type { Installation } from './connect.ts';
import { table } from './table.ts';

const SHOWN = 10;

/** Compares counters over the whole installation, and with `deep` every hour with its raw events. False when something does not match. */
export async function printReconciliation(
  installation: Installation,
  wanted: { readonly deep: boolean; readonly from: string; readonly to: string },
  print: (text: string) => void,
): Promise<boolean> {
  const { unexplained, epochs, meters } = await checkCounters(installation.pool);
  print(`counters: ${unexplained} unexplained`);
  if (epochs.length > 0)
    print(
      table(
        ['epoch', 'partition', 'applied', 'counted'],
        epochs.map((each) => [each.epoch, each.partition, each.applied, each.counted]),
      ),
    );
  if (meters.length > 0)
    print(
      table(
        ['organization', 'meter', 'hourly', 'counted'],
        meters.map((each) => [each.organizationId, each.key, each.hourly, each.counted]),
      ),
    );
  if (!wanted.deep) return unexplained === 0n;
  const differences: HourDifference[] = [];
  const { skipped } = await reconcileDeep(installation.pool, wanted.from, wanted.to, (day) => {
    if (day.events > 0 || day.hours > 0)
      print(`${day.day}: ${day.events} events, ${day.hours} hourly rows, ${day.differences.length} differ`);
    differences.push(...day.differences);
  });
  if (skipped.length > 0)
    print(`not checked, raw events were dropped: ${skipped[0]} to ${skipped.at(-1)} (${skipped.length} days)`);
  for (const difference of differences.slice(0, SHOWN)) print(JSON.stringify(difference));
  if (differences.length > SHOWN) print(`… and ${differences.length - SHOWN} more`);
  return unexplained === 0n && differences.length === 0;
}
