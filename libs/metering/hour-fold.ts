import { hash } from 'node:crypto';
import type { UsageEvent } from '#libs/events/event.ts';
import { Big } from '#libs/money/decimal.ts';
import { ExactSum } from './exact-sum.ts';
import { HOUR, hourOf } from './hour.ts';
import type { MeterReading } from './read-event.ts';

/** Digests are sums modulo this. */
export const DIGEST_MODULUS = 2n ** 256n;

/** Which hourly row. */
export interface HourlyKey {
  readonly organizationId: number;
  readonly meterId: number;
  readonly customer: string;
  /** Start of the hour, epoch milliseconds UTC. */
  readonly hour: number;
  readonly subscription: string;
  readonly groupKey: string;
}

/** The value that stands for `latest`: of the greatest (time, id). */
export interface LatestValue {
  readonly value: string;
  readonly time: number;
  /** See latestId. */
  readonly id: string;
}

/** What a set of events, added or taken back, changes in one hourly row. Decimals as text. */
export interface HourlyDelta extends HourlyKey {
  readonly eventCount: number;
  readonly total: string;
  /** Sum of event hashes mod 2^256. */
  readonly digest: bigint;
  /** weighted_sum only: sum of value times the milliseconds left of the hour. */
  readonly weighted: string | null;
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly latest: LatestValue | null;
  /** unique only: hash of the value → change of its count. */
  readonly unique: ReadonlyMap<string, number> | null;
  /** min, max, latest: what was taken back last in its order. If it stood, the hour has to be read again. */
  readonly takenBack: LatestValue | null;
}

interface Building extends HourlyKey {
  eventCount: number;
  sum: ExactSum | null;
  digest: bigint;
  weighted: ExactSum | null;
  extreme: Big | null;
  latest: LatestValue | null;
  unique: Map<string, number> | null;
  takenBack: LatestValue | null;
  readonly aggregation: MeterReading['meter']['aggregation'];
}

/** Folds events into one delta per hourly row. The result does not depend on their order. */
export class HourFold {
  readonly #rows = new Map<string, Building>();

  /** `eventHash`: 64 hex digits. */
  add(event: UsageEvent, eventHash: string, readings: readonly MeterReading[], sign: 1 | -1 = 1): void {
    const digest = BigInt(`0x${eventHash}`);
    const hour = hourOf(event.time);
    for (const reading of readings) {
      const row = this.#row(event, hour, reading);
      row.eventCount += sign;
      row.digest += sign === 1 ? digest : -digest;
      addValue(row, event, reading.value, sign);
    }
  }

  /** In one fixed order, so that concurrent writers lock rows alike. */
  deltas(): HourlyDelta[] {
    return [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => finish(row));
  }

  #row(event: UsageEvent, hour: number, { meter, groupKey }: MeterReading): Building {
    const key = `${meter.id}\0${hour}\0${event.customer}\0${event.subscription}\0${groupKey}`;
    const known = this.#rows.get(key);
    if (known) return known;
    const row: Building = {
      organizationId: meter.organizationId,
      meterId: meter.id,
      customer: event.customer,
      hour,
      subscription: event.subscription,
      groupKey,
      aggregation: meter.aggregation,
      eventCount: 0,
      sum: null,
      digest: 0n,
      weighted: null,
      extreme: null,
      latest: null,
      unique: null,
      takenBack: null,
    };
    this.#rows.set(key, row);
    return row;
  }
}

function addValue(row: Building, event: UsageEvent, value: string, sign: 1 | -1): void {
  switch (row.aggregation) {
    case 'count':
      return;
    case 'sum':
    case 'avg':
      row.sum ??= new ExactSum();
      row.sum.add(value, sign);
      return;
    case 'weighted_sum':
      row.sum ??= new ExactSum();
      row.sum.add(value, sign);
      row.weighted ??= new ExactSum();
      row.weighted.add(new Big(value).times(String(row.hour + HOUR - event.time)).toFixed(), sign);
      return;
    case 'unique': {
      row.unique ??= new Map();
      const valueHash = hash('sha256', value, 'hex').slice(0, 32);
      row.unique.set(valueHash, (row.unique.get(valueHash) ?? 0) + sign);
      return;
    }
    default:
      if (sign === -1) takeBack(row, event, value);
      else addStanding(row, event, value);
  }
}

/** min, max, latest: the one value that stands. */
function addStanding(row: Building, event: UsageEvent, value: string): void {
  if (row.aggregation === 'latest') {
    const candidate = { value, time: event.time, id: latestId(event) };
    if (row.latest === null || isLater(candidate, row.latest)) row.latest = candidate;
    return;
  }
  const number = new Big(value);
  if (row.extreme === null || (row.aggregation === 'min' ? number.lt(row.extreme) : number.gt(row.extreme)))
    row.extreme = number;
}

/** Keeps the one of those taken back that is most likely to have stood: if it did not, none of them did. */
function takeBack(row: Building, event: UsageEvent, value: string): void {
  const candidate = { value, time: event.time, id: latestId(event) };
  if (row.takenBack === null || outranks(row.aggregation, candidate, row.takenBack)) row.takenBack = candidate;
}

function outranks(aggregation: Building['aggregation'], a: LatestValue, b: LatestValue): boolean {
  if (aggregation === 'min') return new Big(a.value).lt(b.value);
  return aggregation === 'max' ? new Big(a.value).gt(b.value) : isLater(a, b);
}

/** Of two events at the same time the one with the greater id stands; of two sources with one id, the one with the greater source. */
export const latestId = ({ id, source }: Pick<UsageEvent, 'id' | 'source'>): string => `${id}\u0001${source}`;

/** Of two values for `latest`, which stands. Ids compare by bytes, as in the database: UTF-16 order is another. */
export function isLater(a: LatestValue, b: LatestValue): boolean {
  return a.time === b.time ? Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) > 0 : a.time > b.time;
}

function finish(row: Building): HourlyDelta {
  const { sum, extreme, aggregation, weighted, ...rest } = row;
  const counted = String(row.eventCount);
  return {
    ...rest,
    digest: ((row.digest % DIGEST_MODULUS) + DIGEST_MODULUS) % DIGEST_MODULUS,
    total: aggregation === 'count' ? counted : (sum?.toString() ?? '0'),
    weighted: weighted === null ? null : weighted.toString(),
    minimum: aggregation === 'min' && extreme ? extreme.toFixed() : null,
    maximum: aggregation === 'max' && extreme ? extreme.toFixed() : null,
  };
}
