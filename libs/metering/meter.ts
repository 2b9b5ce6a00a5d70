/** What is counted: events of a type, by an aggregation, per group. Immutable once used. */
export interface Meter {
  readonly organizationId: number;
  readonly id: number;
  readonly key: string;
  readonly eventType: string;
  readonly aggregation: 'count' | 'sum';
  /** Property that is summed; null for a count. */
  readonly valueProperty: string | null;
  readonly groupBy: readonly string[];
  /** Epoch milliseconds; events whose own time lies before it are not metered. */
  readonly effectiveFrom: number | null;
}

/** All live meters at one version of the catalogue. */
export interface MeterCatalog {
  readonly version: bigint;
  metersFor(organizationId: number, eventType: string): readonly Meter[];
}

/** Pure index over a list of meters. */
export function createMeterCatalog(version: bigint, meters: readonly Meter[]): MeterCatalog {
  const byType = new Map<string, Meter[]>();
  for (const meter of meters) {
    const key = `${meter.organizationId} ${meter.eventType}`;
    const list = byType.get(key);
    if (list) list.push(meter);
    else byType.set(key, [meter]);
  }
  return { version, metersFor: (organizationId, eventType) => byType.get(`${organizationId} ${eventType}`) ?? [] };
}
