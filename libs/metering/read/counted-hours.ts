import type { Transaction } from '#libs/database/transaction.ts';
import { hourOf } from '../hour.ts';
import { HourFold, type HourlyDelta } from '../hour-fold.ts';
import type { StoredVector } from '../place.ts';
import { type CountedEvent, countedEvents } from './counted-events.ts';
import type { UsageRequest } from './usage-request.ts';

/** What an hour (of UTC) held of a request, by one version of its meter. A span that begins or ends within it holds only that part. */
export type CountedHour = Pick<
  HourlyDelta,
  'meterId' | 'hour' | 'eventCount' | 'digest' | 'total' | 'weighted' | 'minimum' | 'maximum' | 'latest'
> & {
  /** unique: number of different values. */
  readonly distinct: number | null;
};

export interface CountedHours {
  readonly hours: readonly CountedHour[];
  /** Beginning of the first hour that was not read, epoch milliseconds; null: there is none. */
  readonly next: number | null;
}

const PORTION = 5000;
/** After so many events no further hour is begun: busy hours make short pages. */
const LOOKS = 50_000;

/**
 * Hours as they were counted at a watermark, worked out again from raw events, all names, subscriptions and groups of the request together; hours
 * without events are left out. Memory does not grow with the span. `group`: only this one of the request's groups. @throws RawEventsGone
 */
export async function countedHours(
  tx: Transaction,
  organizationId: number,
  request: UsageRequest & { readonly watermark: StoredVector },
  group: (groupKey: string) => boolean,
  limit: number,
): Promise<CountedHours> {
  const hours: CountedHour[] = [];
  let fold = new HourFold();
  let current: number | null = null;
  let looks = 0;
  const close = () => {
    hours.push(...fold.deltas().map(toHour));
    fold = new HourFold();
  };
  for await (const portion of countedEvents(tx, organizationId, request, undefined, PORTION)) {
    for (const event of portion.counted) {
      if (!group(event.groupKey)) continue;
      const hour = hourOf(event.row.event.time);
      if (hour !== current) {
        close();
        if (hours.length >= limit || looks >= LOOKS) return { hours, next: hour };
        current = hour;
      }
      add(fold, event);
    }
    looks += portion.looks;
    // Hours that hold nothing of this group count as looks too.
    const reached = hourOf(Date.parse(portion.last[0]));
    if (looks >= LOOKS && (current === null || reached > current)) {
      close();
      return { hours, next: reached };
    }
  }
  close();
  return { hours, next: null };
}

/** Names, subscriptions and groups as one. */
function add(fold: HourFold, { row, meter, value }: CountedEvent): void {
  fold.add({ ...row.event, customer: '', subscription: '' }, row.hash, [{ meter, value, groupKey: '' }]);
}

const toHour = ({
  meterId,
  hour,
  eventCount,
  digest,
  total,
  weighted,
  minimum,
  maximum,
  latest,
  unique,
}: HourlyDelta) => ({
  meterId,
  hour,
  eventCount,
  digest,
  total,
  weighted,
  minimum,
  maximum,
  latest,
  distinct: unique === null ? null : unique.size,
});
