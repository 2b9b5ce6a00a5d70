import type { Correction, UsageEvent } from '#libs/events/event.ts';
import type { Aggregation } from '#libs/metering/meter.ts';

/*
 * What hours must hold, worked out from the surviving events in whole millionths, by another way than the product's.
 */

export interface HourOfMeter {
  readonly aggregation: Aggregation;
  readonly customer: string;
  readonly hour: string;
  readonly count: string;
  readonly total: string;
  readonly weighted: string | null;
  readonly standing: string | null;
  readonly different: string;
}

type Sent = UsageEvent | Correction;

const SCALE = 1_000_000n;
const HOUR = 3_600_000;

/** `records`: in the order of the log, at least those of one id. */
export function expectedHours(records: readonly Sent[], aggregations: readonly Aggregation[]): HourOfMeter[] {
  const byId = new Map<string, Sent[]>();
  for (const record of records) byId.set(record.id, [...(byId.get(record.id) ?? []), record]);
  const surviving = [...byId.values()].flatMap((story) => survivor(story) ?? []);
  const hours = new Map<string, UsageEvent[]>();
  for (const event of surviving.filter(({ properties }) => properties.skip === undefined)) {
    const key = `${event.customer} ${event.time - (event.time % HOUR)}`;
    hours.set(key, [...(hours.get(key) ?? []), event]);
  }
  return aggregations
    .flatMap((aggregation) => [...hours].map(([key, events]) => rowOf(aggregation, key, events)))
    .sort(
      (a, b) => compare(a.aggregation, b.aggregation) || compare(a.customer, b.customer) || compare(a.hour, b.hour),
    );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function survivor(story: readonly Sent[]): UsageEvent | undefined {
  let event = story.find((one): one is UsageEvent => !('kind' in one));
  const seen = new Set<string>();
  for (const correction of story) {
    if (!event || !('kind' in correction) || seen.has(correction.correctionId)) continue;
    seen.add(correction.correctionId);
    if (correction.kind === 'void') return undefined;
    event = { ...event, ...correction.changes };
  }
  return event;
}

function rowOf(aggregation: Aggregation, key: string, events: readonly UsageEvent[]): HourOfMeter {
  const [customer, hour] = key.split(' ') as [string, string];
  const values = events.map(({ properties }) => millionths(String(properties.n)));
  const count = BigInt(events.length);
  const sum = values.reduce((total, value) => total + value, 0n);
  const end = Number(hour) + HOUR;
  const weighted = events.reduce((total, { time }, i) => total + (values[i] as bigint) * BigInt(end - time), 0n);
  const isSummed = aggregation === 'sum' || aggregation === 'avg' || aggregation === 'weighted_sum';
  return {
    aggregation,
    customer,
    hour,
    count: String(count),
    total: aggregation === 'count' ? String(count) : isSummed ? text(sum) : '0',
    weighted: aggregation === 'weighted_sum' ? text(weighted) : null,
    standing: standingOf(aggregation, events, values),
    different: aggregation === 'unique' ? String(new Set(values).size) : '0',
  };
}

function standingOf(aggregation: Aggregation, events: readonly UsageEvent[], values: readonly bigint[]): string | null {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  if (aggregation === 'min') return text(sorted[0] as bigint);
  if (aggregation === 'max') return text(sorted.at(-1) as bigint);
  if (aggregation !== 'latest') return null;
  const last = events.reduce((best, one, i) => {
    const other = events[best] as UsageEvent;
    return one.time > other.time || (one.time === other.time && one.id > other.id) ? i : best;
  }, 0);
  return text(values[last] as bigint);
}

function millionths(value: string): bigint {
  const [whole = '0', fraction = ''] = value.replace('-', '').split('.');
  const scaled = BigInt(whole) * SCALE + BigInt(fraction.padEnd(6, '0'));
  return value.startsWith('-') ? -scaled : scaled;
}

function text(scaled: bigint): string {
  const size = scaled < 0n ? -scaled : scaled;
  const fraction = String(size % SCALE)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${size / SCALE}${fraction && `.${fraction}`}`;
}
