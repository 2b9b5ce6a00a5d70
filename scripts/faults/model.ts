import { compare, type Decimal, decimal, isQuotient, plus, show, times, ZERO } from './decimal.ts';
import type { FinalEvent } from './event.ts';
import type { Condition, MeterSpec } from './meters.ts';

/*
 * What every aggregate must be, computed from the events alone, on one page. It shares no code with the product, knows nothing of hours
 * that are added up, of hashes or of rows that are read again: it takes the events of a window and looks at them.
 */

const HOUR = 3_600_000;

/** The events of one customer, group and window. */
export interface ExpectedWindow {
  readonly customer: string;
  /** Values of the group-by properties in the order of their names, as JSON; '' without group-by. */
  readonly group: string;
  readonly from: number;
  readonly to: number;
  readonly events: readonly FinalEvent[];
}

/** What a meter counts, by customer, group and hour, or over the whole of [from, to). */
export function windowsOf(
  meter: MeterSpec,
  events: Iterable<FinalEvent>,
  window: 'hour' | { readonly from: number; readonly to: number },
): Map<string, ExpectedWindow> {
  const windows = new Map<string, ExpectedWindow & { events: FinalEvent[] }>();
  const earliest = meter.effective_from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(meter.effective_from);
  for (const event of events) {
    if (event.type !== meter.event_type || event.time < earliest) continue;
    if (!(meter.filter ?? []).every((condition) => holds(condition, event))) continue;
    const from = window === 'hour' ? Math.floor(event.time / HOUR) * HOUR : window.from;
    const to = window === 'hour' ? from + HOUR : window.to;
    // The level at the start of a window is made of all earlier changes.
    if (event.time >= to || (event.time < from && meter.aggregation !== 'weighted_sum')) continue;
    const group = groupOf(meter, event.properties);
    const key = windowKey(event.customer, group, from);
    const known = windows.get(key);
    if (known) known.events.push(event);
    else windows.set(key, { customer: event.customer, group, from, to, events: [event] });
  }
  return windows;
}

export const windowKey = (customer: string, group: string, from: number): string =>
  [customer, group, new Date(from).toISOString()].join(' ');

/** Of an event's properties, or of the `group` of an answer. */
export function groupOf(meter: MeterSpec, values: Readonly<Record<string, unknown>> | null): string {
  if (!meter.group_by?.length) return '';
  return JSON.stringify([...meter.group_by].sort().map((name) => [name, values?.[name] ?? null]));
}

function holds(condition: Condition, { properties }: FinalEvent): boolean {
  const value = properties[condition.property];
  if (condition.exists !== undefined) return (value !== undefined) === condition.exists;
  if (value === undefined) return false;
  if (condition.eq !== undefined) return String(value) === condition.eq;
  if (condition.in) return condition.in.includes(String(value));
  const order = (bound: string) => compare(decimal(value as string | number), decimal(bound));
  return condition.gte === undefined ? order(condition.lt as string) < 0 : order(condition.gte) >= 0;
}

/** Whether `answered` is the window's quantity; the divisions of avg and weighted_sum to 40 digits. */
export function isQuantity(meter: MeterSpec, window: ExpectedWindow, answered: string): boolean {
  const [numerator, denominator] = fractionOf(meter, window);
  const quantity = decimal(answered);
  return denominator === 1n ? compare(quantity, numerator) === 0 : isQuotient(quantity, numerator, denominator);
}

/** For a message. */
export function showQuantity(meter: MeterSpec, window: ExpectedWindow): string {
  const [numerator, denominator] = fractionOf(meter, window);
  return denominator === 1n ? show(numerator) : `${show(numerator)} / ${denominator}`;
}

function fractionOf(meter: MeterSpec, { events, from, to }: ExpectedWindow): [Decimal, bigint] {
  const read = (event: FinalEvent) => decimal(event.properties[meter.value_property as string] as string | number);
  const sum = () => events.reduce((total, event) => plus(total, read(event)), ZERO);
  const extreme = (sign: 1 | -1) =>
    events.map(read).reduce((best, value) => (sign * compare(value, best) > 0 ? value : best));
  switch (meter.aggregation) {
    case 'count':
      return [decimal(events.length), 1n];
    case 'sum':
      return [sum(), 1n];
    case 'min':
      return [extreme(-1), 1n];
    case 'max':
      return [extreme(1), 1n];
    case 'avg':
      return [sum(), BigInt(events.length)];
    case 'unique':
      return [
        decimal(new Set(events.map(({ properties }) => String(properties[meter.value_property as string]))).size),
        1n,
      ];
    case 'latest':
      return [read(events.reduce((last, event) => (isAfter(event, last) ? event : last))), 1n];
    case 'weighted_sum':
      return [
        events.reduce((area, event) => plus(area, times(read(event), BigInt(to - Math.max(event.time, from)))), ZERO),
        BigInt(to - from),
      ];
  }
}

function isAfter(a: FinalEvent, b: FinalEvent): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.id === b.id ? a.source > b.source : a.id > b.id;
}
