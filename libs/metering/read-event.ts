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

export type Reading =
  | { readonly kind: 'metered'; readonly meters: readonly MeterReading[] }
  | { readonly kind: 'unassigned' }
  | { readonly kind: 'unreadable'; readonly detail: string };

const UNASSIGNED: Reading = { kind: 'unassigned' };

/** Which of the meters of its type count an event, and with what. One meter that cannot read it makes the whole event unreadable. */
export function readEvent(event: UsageEvent, candidates: readonly Meter[]): Reading {
  const meters: MeterReading[] = [];
  for (const meter of candidates) {
    if (!isInTime(meter, event.time)) continue;
    const passes = passesFilter(meter.filter, event.properties);
    if (passes === false) continue;
    if (passes !== true) return unreadable(`meter ${JSON.stringify(meter.key)} ${passes.unreadable}`);
    const reading = readValue(meter, event.properties);
    if (!reading.ok) return unreadable(reading.detail);
    const groupKey = groupKeyOf(meter, event);
    if (isTooLong(event, groupKey)) return unreadable(tooLong(meter));
    meters.push({ meter, value: reading.value, groupKey });
  }
  return meters.length === 0 ? UNASSIGNED : { kind: 'metered', meters };
}

const unreadable = (detail: string): Reading => ({ kind: 'unreadable', detail });

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
