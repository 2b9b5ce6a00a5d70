import type { Overrides } from './overrides.ts';

/** One change of a subscription, from a local date on. What is null stays as it was. */
export interface SubscriptionChange {
  readonly id: string;
  readonly startsOn: string;
  readonly planId: string | null;
  /** Named quantities, by decimal string; those not named stay. */
  readonly quantities: Readonly<Record<string, string>> | null;
  /** All overrides that there are from here on. */
  readonly overrides: Overrides | null;
  readonly paused: boolean | null;
}

/** A time in which nothing about a subscription changes: local dates, half open. Segments touch. */
export interface Segment {
  /** The change that it begins with. */
  readonly changeId: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly planId: string;
  readonly quantities: Readonly<Record<string, string>>;
  readonly overrides: Overrides;
  readonly paused: boolean;
}

/** By their days, and within a day as they were made. */
export const inOrder = (changes: readonly SubscriptionChange[]): SubscriptionChange[] =>
  [...changes].sort((a, b) => compare(a.startsOn, b.startsOn) || compare(a.id, b.id));

/**
 * What a subscription is at each time, from its changes: each lasts until the next one begins, so they can neither overlap nor leave a
 * gap. Of two changes of one day the later made comes on top of the other. The first names the plan.
 */
export function segmentsOf(changes: readonly SubscriptionChange[], endsOn: string | null): Segment[] {
  const ordered = inOrder(changes);
  let state: Omit<Segment, 'changeId' | 'startsOn' | 'endsOn' | 'planId'> & { planId: string | null } = {
    planId: null,
    quantities: {},
    overrides: {},
    paused: false,
  };
  return ordered.flatMap((change, index): Segment[] => {
    state = {
      planId: change.planId ?? state.planId,
      quantities: { ...state.quantities, ...change.quantities },
      overrides: change.overrides ?? state.overrides,
      paused: change.paused ?? state.paused,
    };
    const next = ordered[index + 1]?.startsOn ?? null;
    const until = next !== null && (endsOn === null || next < endsOn) ? next : endsOn;
    if (until !== null && until <= change.startsOn) return [];
    const { planId, ...rest } = state;
    if (planId === null) throw new Error(`change ${change.id} comes before any that names a plan`);
    return [{ changeId: change.id, startsOn: change.startsOn, endsOn: until, planId, ...rest }];
  });
}

/** The segment that holds a local date; the first one before the subscription begins, the last one behind its end. */
export function segmentAt(segments: readonly Segment[], date: string): Segment {
  const [first] = segments;
  if (first === undefined) throw new Error('a subscription has at least one segment');
  return segments.findLast(({ startsOn }) => startsOn <= date) ?? first;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
