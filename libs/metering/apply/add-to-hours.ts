import type { Transaction } from '#libs/database/transaction.ts';
import type { IsBackfilled } from '../correct.ts';
import type { HourlyDelta } from '../hour-fold.ts';
import type { Meter } from '../meter.ts';
import { selectFallen } from '../store/select-fallen.ts';
import { type HourlyRow, upsertHourly } from '../store/upsert-hourly.ts';
import { upsertUnique } from '../store/upsert-unique.ts';
import { recomputeHours } from './recompute-hours.ts';

/** The last statements of a transaction that counts: adds sorted deltas to the hours and reads again what cannot be subtracted. */
export async function addToHours(
  tx: Transaction,
  deltas: readonly HourlyDelta[],
  context: {
    readonly meterOf: (meterId: number) => Meter;
    readonly isBackfilled: () => Promise<IsBackfilled>;
    readonly returning: boolean;
  },
): Promise<HourlyRow[]> {
  await upsertUnique(tx, deltas);
  const rows = await upsertHourly(tx, deltas, context.returning);
  const again = await selectFallen(
    tx,
    deltas.filter((delta) => delta.takenBack !== null),
  );
  if (again.length > 0) await recomputeHours(tx, again, context.meterOf, await context.isBackfilled());
  return rows;
}
