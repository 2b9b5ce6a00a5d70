import { setTimeout as pause } from 'node:timers/promises';
import type { EpochChoice } from '#libs/metering/epochs/plan-epoch.ts';
import { startEpoch } from '#libs/metering/epochs/start-epoch.ts';
import type { Installation } from './connect.ts';
import { table } from './table.ts';

const TRIES = 10;
const NO_LOCK = '55P03';

/** Begins a new epoch of the log and says what that means. */
export async function beginEpoch(
  installation: Installation,
  choice: EpochChoice & { readonly reason: string },
  print: (text: string) => void,
): Promise<void> {
  const bounds = await (await installation.log()).bounds();
  const plan = await patiently(() => startEpoch(installation.pool, bounds, choice));
  print(
    table(
      ['partition', 'epoch', 'goes on at', 'read again', 'skipped'],
      plan.map((each) => [each.partition, each.epoch, each.firstOffset, each.readAgain, each.skipped]),
    ),
  );
  print('\nThe aggregators go on by themselves within seconds. Records that are read again count once, as ever.');
  const skipped = plan.reduce((sum, each) => sum + each.skipped, 0n);
  if (skipped > 0n) print(`${skipped} records will never be counted.`);
}

/** Batches are on their way all the time; the lock is had between two of them. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== NO_LOCK || tries === TRIES) throw error;
      await pause(200);
    }
  }
}
