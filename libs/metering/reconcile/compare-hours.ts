import type { HourlyDelta } from '../hour-fold.ts';

/** What an hour holds, as stored or as worked out anew. Decimals without trailing zeros; nothing that does not apply. */
export interface HourState {
  readonly organizationId: number;
  readonly meterId: number;
  readonly customer: string;
  /** Start of the hour, epoch milliseconds. */
  readonly hour: number;
  readonly subscription: string;
  readonly groupKey: string;
  readonly eventCount: string;
  readonly total: string;
  readonly digest: string;
  readonly weighted: string | null;
  readonly minimum: string | null;
  readonly maximum: string | null;
  /** JSON of value, time and id. */
  readonly latest: string | null;
  /** `hash:count` of the different values of a unique meter, sorted; '' without. */
  readonly unique: string;
}

export interface HourDifference {
  /** Null where there is no such row, or none should be. */
  readonly stored: HourState | null;
  readonly computed: HourState | null;
}

const keyOf = ({ organizationId, meterId, customer, hour, subscription, groupKey }: HourState): string =>
  JSON.stringify([organizationId, meterId, hour, customer, subscription, groupKey]);

/** An hour from which everything was taken back: the row stays, and is the same as none. */
const isEmpty = (state: HourState): boolean =>
  state.eventCount === '0' &&
  state.total === '0' &&
  state.digest === '0' &&
  (state.weighted ?? '0') === '0' &&
  state.minimum === null &&
  state.maximum === null &&
  state.latest === null &&
  state.unique === '';

/** Every row that is not the same on both sides. Pure. */
export function compareHours(stored: readonly HourState[], computed: readonly HourState[]): HourDifference[] {
  const expected = new Map(computed.map((state) => [keyOf(state), state]));
  const differences: HourDifference[] = [];
  for (const state of stored) {
    const key = keyOf(state);
    const other = expected.get(key);
    expected.delete(key);
    if (other ? JSON.stringify(state) !== JSON.stringify(other) : !isEmpty(state))
      differences.push({ stored: state, computed: other ?? null });
  }
  for (const state of expected.values()) if (!isEmpty(state)) differences.push({ stored: null, computed: state });
  return differences;
}

/** A fold of standing events in the form in which it is compared. */
export const stateOf = (delta: HourlyDelta): HourState => ({
  organizationId: delta.organizationId,
  meterId: delta.meterId,
  customer: delta.customer,
  hour: delta.hour,
  subscription: delta.subscription,
  groupKey: delta.groupKey,
  eventCount: String(delta.eventCount),
  total: plain(delta.total),
  digest: String(delta.digest),
  weighted: delta.weighted === null ? null : plain(delta.weighted),
  minimum: delta.minimum === null ? null : plain(delta.minimum),
  maximum: delta.maximum === null ? null : plain(delta.maximum),
  latest: delta.latest && latestText(delta.latest.value, delta.latest.time, delta.latest.id),
  unique: uniqueText(delta.unique ?? new Map()),
});

/** A decimal without trailing zeros. */
export const plain = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);

export const latestText = (value: string, time: number, id: string): string => JSON.stringify([plain(value), time, id]);

export const uniqueText = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .filter(([, count]) => count !== 0)
    .map(([value, count]) => `${value}:${count}`)
    .sort()
    .join(' ');
