import type { Feature } from './features.ts';

export type Aggregation = 'count' | 'sum' | 'min' | 'max' | 'avg' | 'latest' | 'unique' | 'weighted_sum';

export interface Condition {
  readonly property: string;
  readonly eq?: string;
  readonly in?: readonly string[];
  readonly exists?: boolean;
  readonly gte?: string;
  readonly lt?: string;
}

/** As it is sent to POST /v1/meters. */
export interface MeterSpec {
  readonly key: string;
  readonly name: string;
  readonly event_type: string;
  readonly aggregation: Aggregation;
  readonly value_property?: string;
  readonly group_by?: readonly string[];
  readonly filter?: readonly Condition[];
  readonly effective_from?: string;
}

/** `made`: before the first event, or in the middle of the stream, there with a backfill afterwards or without one. */
export interface PlannedMeter {
  readonly spec: MeterSpec;
  readonly made: 'first' | 'midway-backfilled' | 'midway-live';
  readonly needs?: Feature;
}

const HOUR = 3_600_000;

/** Every meter of a run, in all organizations. `now`: start of the run. */
export function plannedMeters(now: number): PlannedMeter[] {
  const from = new Date(Math.floor(now / HOUR) * HOUR - 2 * HOUR).toISOString();
  const call = (key: string, aggregation: Aggregation, rest: Partial<MeterSpec> = {}): MeterSpec => ({
    key,
    name: key,
    event_type: 'call',
    aggregation,
    ...rest,
  });
  const n = { value_property: 'n' };
  return [
    { spec: call('calls', 'count'), made: 'first' },
    { spec: call('volume', 'sum', n), made: 'first' },
    { spec: call('volume-by-region', 'sum', { ...n, group_by: ['region'] }), made: 'first' },
    { spec: call('calls-by-two', 'count', { group_by: ['status', 'region'] }), made: 'first' },
    { spec: call('calls-since', 'count', { effective_from: from }), made: 'first' },
    { spec: call('least', 'min', n), made: 'first', needs: 'aggregations' },
    { spec: call('greatest', 'max', { ...n, group_by: ['region'] }), made: 'first', needs: 'aggregations' },
    { spec: call('average', 'avg', n), made: 'first', needs: 'aggregations' },
    { spec: call('newest', 'latest', n), made: 'first', needs: 'aggregations' },
    { spec: call('users', 'unique', { value_property: 'user' }), made: 'first', needs: 'aggregations' },
    {
      spec: { key: 'seats', name: 'seats', event_type: 'seat', aggregation: 'weighted_sum', value_property: 'change' },
      made: 'first',
      needs: 'aggregations',
    },
    { spec: { ...call('seat-changes', 'count'), event_type: 'seat' }, made: 'first' },
    {
      spec: call('failures', 'count', { filter: [{ property: 'status', gte: '500' }] }),
      made: 'first',
      needs: 'filters',
    },
    {
      spec: call('volume-west', 'sum', {
        ...n,
        filter: [
          { property: 'region', in: ['eu', 'us'] },
          { property: 'status', lt: '400' },
        ],
      }),
      made: 'first',
      needs: 'filters',
    },
    { spec: call('late-volume', 'sum', n), made: 'midway-backfilled', needs: 'backfill' },
    { spec: { ...call('strays', 'count'), event_type: 'stray' }, made: 'midway-live', needs: 'backfill' },
  ];
}

/** Counted by a meter from the first event on. Others: 'stray' (by one made midway), 'ghost' (by none, ever). */
export const METERED_TYPES: readonly string[] = ['call', 'seat'];
