import type { UsageEvent } from '#libs/events/event.ts';
import { eventText, hashOf } from '#libs/events/record.ts';
import { isLiveAt, type Meter, type MeterCatalog } from './meter.ts';
import type { LogPlace } from './place.ts';
import { type MeterReading, readEvent, unreadDetail } from './read-event.ts';
import type { CorrectionArrival } from './sort-out.ts';

/** An event as it stands: what was sent, or what amendments made of it. */
export interface EventState {
  readonly organizationId: number;
  readonly key: string;
  readonly voided: boolean;
  readonly revision: number;
  readonly event: UsageEvent;
  readonly hash: string;
  /** Of the row that stands: from there on it counts. */
  readonly place: LogPlace;
}

export type Corrected =
  | { readonly state: 'applied'; readonly next: EventState }
  | { readonly state: 'refused'; readonly detail: string };

/**
 * What a correction makes of an event. It counts from `at` on: its own place in the log, or that of its original if that came later. Pure.
 */
export function correct(
  current: EventState,
  { record }: Pick<CorrectionArrival, 'record'>,
  at: LogPlace,
  catalog: MeterCatalog,
): Corrected {
  const { organizationId, correction } = record;
  if (current.voided) return { state: 'refused', detail: 'the event was voided before; a void is final' };
  if (correction.kind === 'void') return { state: 'applied', next: { ...current, voided: true, place: at } };
  const { changes } = correction;
  const event: UsageEvent = {
    ...current.event,
    ...changes,
    timeGiven: current.event.timeGiven || changes.time !== undefined,
  };
  const reading = readEvent(event, catalog.metersFor(organizationId, event.type));
  const unread = unreadDetail(reading);
  if (unread !== undefined) return { state: 'refused', detail: unread };
  const hash = hashOf(eventText(organizationId, event));
  return { state: 'applied', next: { ...current, revision: current.revision + 1, event, hash, place: at } };
}

/** How far the backfill of a meter has come; see meter_backfills. Undefined: the meter has none. */
export type IsBackfilled = (meter: Meter, place: LogPlace) => boolean;

/** The meters that counted the row that stands, so that exactly those give it back. */
export function countedBy(
  { organizationId, event, place }: Pick<EventState, 'organizationId' | 'event' | 'place'>,
  catalog: MeterCatalog,
  isBackfilled: IsBackfilled,
): MeterReading[] {
  return catalog.everyMeterFor(organizationId, event.type).flatMap((meter) => {
    if (!isLiveAt(meter, place) && !isBackfilled(meter, place)) return [];
    const reading = readEvent(event, [meter]);
    return reading.kind === 'metered' ? reading.meters : [];
  });
}
