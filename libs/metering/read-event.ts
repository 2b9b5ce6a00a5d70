import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import type { UsageEvent } from '#libs/events/event.ts';
import { passesFilter } from './filter.ts';
import type { Meter } from './meter.ts';
import { readValue } from './read-value.ts';

export interface MeterReading {
  readonly meter: Meter;
  /** See readValue. */
  readonly value: string;
  readonly groupKey: string;
}

/** A row of the primary key index holds 2,704 bytes at most; customer, subscription and group have to fit in beside the rest. */
const MAX_KEY_BYTES = 2500;
const SURELY_SHORT = 600;

/** A meter that ought to count the event and cannot. */
export interface UnreadBy {
  readonly meter: Meter;
  readonly detail: string;
}

/**
 * `unread`: meters that cannot read the event, beside those that count it. Ingest takes no event that a meter cannot read; one that was taken before
 * such a meter was made still counts in all others.
 */
export type Reading =
  | { readonly kind: 'metered'; readonly meters: readonly MeterReading[]; readonly unread: readonly UnreadBy[] }
  | { readonly kind: 'unassigned' }
  | { readonly kind: 'unreadable'; readonly unread: readonly UnreadBy[] };

const UNASSIGNED: Reading = { kind: 'unassigned' };

/** Which of the meters of its type count an event, and with what. `unreadable`: none does, and one ought to. */
export function readEvent(event: UsageEvent, candidates: readonly Meter[]): Reading {
  const meters: MeterReading[] = [];
  const unread: UnreadBy[] = [];
  for (const meter of candidates) {
    const read = isInTime(meter, event.time) ? readFor(meter, event) : null;
    if (read === null) continue;
    if (typeof read === 'string') unread.push({ meter, detail: read });
    else meters.push(read);
  }
  if (meters.length > 0) return { kind: 'metered', meters, unread };
  return unread.length > 0 ? { kind: 'unreadable', unread } : UNASSIGNED;
}

/** Why a sender should not send this event, if a meter cannot read it. */
export const unreadDetail = (reading: Reading): string | undefined =>
  reading.kind === 'unassigned' ? undefined : reading.unread[0]?.detail;

/** Null: not counted. A text: why it cannot be read. */
function readFor(meter: Meter, event: UsageEvent): MeterReading | string | null {
  const passes = passesFilter(meter.filter, event.properties);
  if (passes === false) return null;
  if (passes !== true) return `meter ${JSON.stringify(meter.key)} ${passes.unreadable}`;
  const reading = readValue(meter, event.properties);
  if (!reading.ok) return reading.detail;
  const groupKey = groupKeyOf(meter, event);
  return isTooLong(event, groupKey) ? tooLong(meter) : { meter, value: reading.value, groupKey };
}

const isInTime = ({ effectiveFrom, effectiveUntil }: Meter, time: number): boolean =>
  (effectiveFrom === null || time >= effectiveFrom) && (effectiveUntil === null || time < effectiveUntil);

function isTooLong({ customer, subscription }: UsageEvent, groupKey: string): boolean {
  if (customer.length + subscription.length + groupKey.length < SURELY_SHORT) return false;
  return Buffer.byteLength(customer) + Buffer.byteLength(subscription) + Buffer.byteLength(groupKey) > MAX_KEY_BYTES;
}

const tooLong = (meter: Meter): string =>
  `meter ${JSON.stringify(meter.key)} groups by ${meter.groupBy.join(', ')}, whose values, the customer and the subscription together take more than ${MAX_KEY_BYTES} bytes`;

/** Canonical JSON of the group-by values; a property the event lacks is null. '' without group-by. */
export function groupKeyOf(meter: Pick<Meter, 'groupBy'>, { properties }: Pick<UsageEvent, 'properties'>): string {
  if (meter.groupBy.length === 0) return '';
  const values: Record<string, Json> = {};
  for (const name of meter.groupBy) values[name] = Object.hasOwn(properties, name) ? (properties[name] as Json) : null;
  return canonicalJson(values);
}
