import type { Transaction } from '#libs/database/transaction.ts';
import { isLiveAt, type Meter } from '../meter.ts';
import type { StoredVector } from '../place.ts';
import { readEvent } from '../read-event.ts';
import type { RawEvent } from '../store/copy-usage-events.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import { selectMeterVersions } from '../store/select-meter-versions.ts';
import { selectStandingEvents } from '../store/select-standing-events.ts';
import { arrivedFrom } from './arrived-from.ts';
import { demandRawEvents } from './demand-raw-events.ts';
import type { EventPosition } from './event-position.ts';
import { projectGroup } from './project-group.ts';
import type { UsageRequest } from './usage-request.ts';

export interface CountedEvent {
  readonly row: RawEvent;
  readonly meter: Meter;
  /** See readValue. */
  readonly value: string;
  /** As readUsage gives it. */
  readonly groupKey: string;
}

export interface CountedPortion {
  readonly counted: readonly CountedEvent[];
  /** How many events were looked at, and the last of them. */
  readonly looks: number;
  readonly last: EventPosition;
}

/**
 * The events that a request counts, as they stood at a watermark, in the order of (time, source, id), from behind a position on. Raw events are
 * read in portions, so memory does not grow with the span. What a backfill counted since then is among them. @throws RawEventsGone
 */
export async function* countedEvents(
  tx: Transaction,
  organizationId: number,
  request: UsageRequest & { readonly watermark: StoredVector },
  after: EventPosition | undefined,
  portion: number,
): AsyncGenerator<CountedPortion> {
  await demandRawEvents(tx, organizationId, request.from);
  const versions = (await selectMeterVersions(tx, organizationId, [request.meter])).get(request.meter) ?? [];
  const catalog = await selectMeterCatalog(tx);
  const isBackfilled = await selectBackfilled(tx);
  const meters = versions.map(({ id }) => catalog.meter(id));
  const choice = {
    ...request,
    subscription: request.subscription,
    types: meters.map(({ eventType }) => eventType),
    arrivedFrom: await arrivedFrom(tx, organizationId, request.from),
  };
  for (let last = after; ; ) {
    const rows: RawEvent[] = await selectStandingEvents(tx, organizationId, choice, last, portion);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = [new Date(end.event.time).toISOString(), end.event.source, end.event.id];
    const counted = rows.flatMap((row) =>
      meters
        .filter((meter) => meter.eventType === row.event.type)
        .filter((meter) => isLiveAt(meter, row.place) || isBackfilled(meter, row.place))
        .flatMap((meter) => countedBy(row, meter, request)),
    );
    yield { counted, looks: rows.length, last };
    if (rows.length < portion) return;
  }
}

function countedBy(row: RawEvent, meter: Meter, { groups }: UsageRequest): CountedEvent[] {
  const reading = readEvent(row.event, [meter]);
  if (reading.kind !== 'metered') return [];
  return reading.meters.flatMap(({ value, groupKey: stored }) => {
    const groupKey = groups ? projectGroup(stored, groups) : '';
    return groupKey === undefined ? [] : [{ row, meter, value, groupKey }];
  });
}
