import type { Condition } from './filter.ts';
import { isBefore, type LogPlace, type LogVector } from './place.ts';

export type Aggregation = 'count' | 'sum' | 'min' | 'max' | 'avg' | 'latest' | 'unique' | 'weighted_sum';

/** What is counted: events of a type that pass a filter, by an aggregation, per group. Immutable once used; versions of a key follow each other. */
export interface Meter {
  readonly organizationId: number;
  readonly id: number;
  readonly key: string;
  readonly eventType: string;
  readonly aggregation: Aggregation;
  /** Property that is read; null for a count. */
  readonly valueProperty: string | null;
  readonly groupBy: readonly string[];
  readonly filter: readonly Condition[];
  /** Epoch milliseconds, half open; events whose own time lies outside are not metered. */
  readonly effectiveFrom: number | null;
  readonly effectiveUntil: number | null;
  /** Where the log was when the meter was made and, if it was, archived. */
  readonly startedAt: LogVector;
  readonly endedAt: LogVector | null;
}

/** Whether a record at this place is counted by the meter as it is applied. Earlier ones are a backfill's. */
export const isLiveAt = (meter: Meter, place: LogPlace): boolean =>
  !isBefore(place, meter.startedAt) && (meter.endedAt === null || isBefore(place, meter.endedAt));

/** All meters at one version of the catalogue. */
export interface MeterCatalog {
  readonly version: bigint;
  /** Not archived: what new events are counted by. */
  metersFor(organizationId: number, eventType: string): readonly Meter[];
  /** Archived ones too: what may have counted an older event. */
  everyMeterFor(organizationId: number, eventType: string): readonly Meter[];
  /** @throws RangeError when there is none. */
  meter(id: number): Meter;
}

/** Pure index over a list of meters. */
export function createMeterCatalog(version: bigint, meters: readonly Meter[]): MeterCatalog {
  const all = indexByType(meters);
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const live = indexByType(meters.filter((meter) => meter.endedAt === null));
  return {
    version,
    metersFor: (organizationId, eventType) => live.get(organizationId)?.get(eventType) ?? NONE,
    everyMeterFor: (organizationId, eventType) => all.get(organizationId)?.get(eventType) ?? NONE,
    meter(id) {
      const meter = byId.get(id);
      if (!meter) throw new RangeError(`there is no meter ${id}`);
      return meter;
    },
  };
}

const NONE: readonly Meter[] = [];

function indexByType(meters: readonly Meter[]): Map<number, Map<string, Meter[]>> {
  const index = new Map<number, Map<string, Meter[]>>();
  for (const meter of meters) {
    const types = index.get(meter.organizationId) ?? new Map<string, Meter[]>();
    index.set(meter.organizationId, types);
    const list = types.get(meter.eventType);
    if (list) list.push(meter);
    else types.set(meter.eventType, [meter]);
  }
  return index;
}
