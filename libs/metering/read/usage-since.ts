import { selectClockOffset } from '#libs/catalog/clock/select-clock-offset.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { MAX_AHEAD_MS } from '../ahead.ts';
import type { StoredVector } from '../place.ts';
import { countTakenBack } from '../store/count-taken-back.ts';
import type { StoredMeter } from '../store/meter-row.ts';
import { selectMeterVersions } from '../store/select-meter-versions.ts';
import { selectRawKeptFrom } from '../store/select-raw-kept-from.ts';
import { RawEventsGone } from './raw-events-gone.ts';
import { readUsage } from './read-usage.ts';
import type { Usage, UsageRequest } from './usage-request.ts';

export interface UsageSince {
  /** All that count, oldest first. */
  readonly versions: readonly StoredMeter[];
  /** As readUsage answers now. Null: it cuts an hour whose raw events are gone. */
  readonly now: readonly Usage[] | null;
  /** Events of the meter's types that voids and amendments took back before the watermark, and since. */
  readonly takenBack: { readonly before: number; readonly since: number };
  /** Epoch milliseconds from which on raw events are kept; null: all are. */
  readonly rawKeptFrom: number | null;
}

/** What became of a request's usage since a watermark. In a REPEATABLE READ transaction. */
export async function usageSince(
  tx: Transaction,
  organizationId: number,
  request: UsageRequest & { readonly watermark: StoredVector },
): Promise<UsageSince> {
  const versions = (await selectMeterVersions(tx, organizationId, [request.meter])).get(request.meter) ?? [];
  const types = [...new Set(versions.map(({ eventType }) => eventType))];
  const clockOffset = await selectClockOffset(tx, organizationId);
  const arrivedFrom = request.from - MAX_AHEAD_MS - clockOffset;
  const choice = { ...request, subscription: request.subscription, types, arrivedFrom };
  const firstDay = await selectRawKeptFrom(tx);
  return {
    versions,
    now: await readNow(tx, organizationId, request),
    takenBack: await countTakenBack(tx, organizationId, choice),
    rawKeptFrom: firstDay === null ? null : Date.parse(firstDay) + MAX_AHEAD_MS + clockOffset,
  };
}

async function readNow(tx: Transaction, organizationId: number, request: UsageRequest) {
  try {
    return (await readUsage(tx, organizationId, [request]))[0] ?? [];
  } catch (error) {
    if (error instanceof RawEventsGone) return null;
    throw error;
  }
}
