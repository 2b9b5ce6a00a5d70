import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import type { EventRecord } from '#libs/events/record.ts';
import type { Big } from '#libs/money/decimal.ts';
import type { Meter, MeterCatalog } from './meter.ts';
import { readValue } from './read-value.ts';

const HOUR = 3_600_000;
const DIGEST_MODULUS = 2n ** 256n;

/** What a set of events adds to one hourly row. */
export interface HourlyDelta {
  readonly organizationId: number;
  readonly meterId: number;
  readonly customer: string;
  /** Start of the hour, epoch milliseconds UTC. */
  readonly hour: number;
  readonly groupKey: string;
  readonly eventCount: bigint;
  readonly total: Big;
  /** Sum of event hashes mod 2^256. */
  readonly digest: bigint;
}

export interface MeterReading {
  readonly meter: Meter;
  readonly value: Big;
  readonly groupKey: string;
}

/** A row of the primary key index holds 2,704 bytes at most; customer and group have to fit in beside the rest. */
const MAX_KEY_BYTES = 2500;

export type Reading =
  | { readonly kind: 'metered'; readonly meters: readonly MeterReading[] }
  | { readonly kind: 'unassigned' }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Which meters count an event, and with what. One meter that cannot read it makes the whole event unreadable. */
export function readEvent(record: EventRecord, catalog: MeterCatalog): Reading {
  const meters: MeterReading[] = [];
  for (const meter of catalog.metersFor(record.organizationId, record.event.type)) {
    if (meter.effectiveFrom !== null && record.event.time < meter.effectiveFrom) continue;
    const reading = readValue(meter, record.event.properties);
    if (!reading.ok) return { kind: 'unreadable', detail: reading.detail };
    const groupKey = groupKeyOf(meter, record);
    if (Buffer.byteLength(record.event.customer) + Buffer.byteLength(groupKey) > MAX_KEY_BYTES) {
      return {
        kind: 'unreadable',
        detail: `meter ${JSON.stringify(meter.key)} groups by ${meter.groupBy.join(', ')}, whose values and the customer together take more than ${MAX_KEY_BYTES} bytes`,
      };
    }
    meters.push({ meter, value: reading.value, groupKey });
  }
  return meters.length === 0 ? { kind: 'unassigned' } : { kind: 'metered', meters };
}

/** Canonical JSON of the group-by values; a property the event lacks is null. '' without group-by. */
export function groupKeyOf(meter: Meter, record: EventRecord): string {
  if (meter.groupBy.length === 0) return '';
  const values: Record<string, Json> = {};
  for (const name of meter.groupBy)
    values[name] = Object.hasOwn(record.event.properties, name) ? (record.event.properties[name] as Json) : null;
  return canonicalJson(values);
}

/** Folds new events into one delta per hourly row. The result does not depend on their order. */
export class HourlyFold {
  readonly #deltas = new Map<string, { -readonly [Field in keyof HourlyDelta]: HourlyDelta[Field] }>();

  add(record: EventRecord, reading: Reading): void {
    if (reading.kind !== 'metered') return;
    const hash = BigInt(`0x${record.identity.hash.toString('hex')}`);
    const hour = Math.floor(record.event.time / HOUR) * HOUR;
    for (const { meter, value, groupKey } of reading.meters) {
      const key = `${meter.organizationId}\0${meter.id}\0${record.event.customer}\0${hour}\0${groupKey}`;
      const delta = this.#deltas.get(key);
      if (delta) {
        delta.eventCount += 1n;
        delta.total = delta.total.plus(value);
        delta.digest = (delta.digest + hash) % DIGEST_MODULUS;
      } else {
        this.#deltas.set(key, {
          organizationId: meter.organizationId,
          meterId: meter.id,
          customer: record.event.customer,
          hour,
          groupKey,
          eventCount: 1n,
          total: value,
          digest: hash,
        });
      }
    }
  }

  /** In one fixed order, so that concurrent writers lock rows alike. */
  deltas(): HourlyDelta[] {
    return [...this.#deltas.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, delta]) => delta);
  }
}
