import type { Transaction } from '#libs/database/transaction.ts';
import type { EventState } from '../correct.ts';
import { dayOf } from '../day-of.ts';
import { type ArrivalPosition, type EventSearch, selectArrivals } from '../store/select-arrivals.ts';
import { selectRawDays } from '../store/select-raw-days.ts';
import { type EventCondition, type EventCounting, eventCounting } from './event-counting.ts';

/** Where a search goes on: within this day of arrival, in each partition below what was looked at; then the days before. */
export interface SearchPosition {
  readonly day: string;
  readonly below: readonly ArrivalPosition[];
}

export interface SearchResult {
  readonly found: readonly { readonly state: EventState; readonly condition: EventCondition }[];
  /** Null: nothing is left to be looked at. */
  readonly next: SearchPosition | null;
}

/** So many events are looked at in one call at most; what was not found among them is left to the next one. */
const LOOKS = 2000;

/**
 * Events as they stand, newest arrival first; within a partition of the log in its order. `condition` is worked out for each, so a
 * call can return less than `limit`, or nothing, and still have a next position.
 */
export async function searchEvents(
  tx: Transaction,
  organizationId: number,
  search: EventSearch,
  wanted: {
    readonly condition: EventCondition | null;
    readonly after: SearchPosition | undefined;
    readonly limit: number;
  },
): Promise<SearchResult> {
  const counting = await eventCounting(tx);
  const found: SearchResult['found'][number][] = [];
  let looks = 0;
  for (const day of await daysOf(tx, search, wanted.after)) {
    let below = day === wanted.after?.day ? wanted.after.below : [];
    for (;;) {
      const portion = merged(await selectArrivals(tx, organizationId, search, day, below, wanted.limit), wanted.limit);
      for (const state of portion) {
        if (found.length === wanted.limit || looks === LOOKS) return { found, next: { day, below } };
        looks += 1;
        below = advanced(below, state);
        const condition = conditionIf(counting, state, wanted.condition);
        if (condition) found.push({ state, condition });
      }
      if (portion.length < wanted.limit) break;
    }
  }
  return { found, next: null };
}

function conditionIf(counting: EventCounting, state: EventState, wanted: EventCondition | null) {
  const condition = counting.conditionOf(state);
  return wanted === null || condition === wanted ? condition : undefined;
}

async function daysOf(
  tx: Transaction,
  { received }: EventSearch,
  after: SearchPosition | undefined,
): Promise<string[]> {
  const days = await selectRawDays(tx, received.from === undefined ? null : dayOf(received.from));
  const last = received.to === undefined ? undefined : dayOf(received.to - 1);
  return days.filter((day) => (last === undefined || day <= last) && (!after || day <= after.day)).reverse();
}

/** The newest of all partitions, each in its own order whatever the clocks of its brokers said. */
function merged(states: readonly EventState[], limit: number): EventState[] {
  const queues = [...Map.groupBy(states, ({ place }) => `${place.epoch} ${place.partition}`).values()];
  const next = queues.map(() => 0);
  const result: EventState[] = [];
  while (result.length < limit) {
    let newest = -1;
    for (const [index, queue] of queues.entries()) {
      const head = queue[next[index] as number];
      const best = queues[newest]?.[next[newest] as number];
      if (head && (!best || head.place.receivedAt > best.place.receivedAt)) newest = index;
    }
    if (newest < 0) return result;
    result.push((queues[newest] as EventState[])[next[newest] as number] as EventState);
    next[newest] = (next[newest] as number) + 1;
  }
  return result;
}

const advanced = (below: readonly ArrivalPosition[], { place }: EventState): ArrivalPosition[] => [
  ...below.filter(({ epoch, partition }) => epoch !== place.epoch || partition !== place.partition),
  { epoch: place.epoch, partition: place.partition, below: place.offset },
];
