import { startOfLocalDay, type Term } from './billing-period.ts';
import { segmentsOf } from './segments.ts';
import { planOf, type Subscribed } from './subscribed.ts';

/** Which values of which properties a charge counts. */
export type UsageFilter = Readonly<Record<string, readonly string[]>>;

/** Whether no usage can pass both: they ask the same property for values that have none in common. */
export const excludeEachOther = (one: UsageFilter | undefined, other: UsageFilter | undefined): boolean =>
  Object.entries(one ?? {}).some(([property, values]) => {
    const others = other?.[property];
    return Array.isArray(values) && Array.isArray(others) && !values.some((value) => others.includes(value));
  });

/** A time in which a subscription bills usage. */
export interface MeteredTerm extends Term {
  readonly id: string;
  readonly meters: readonly { readonly key: string; readonly filter?: UsageFilter | undefined }[];
}

/** The times of a subscription with the meters that it bills in each. While it is paused it bills none. */
export function meteredTermsOf(subscription: Subscribed): MeteredTerm[] {
  const { subscriptionId: id, timeZone, changes, endsOn } = subscription;
  return segmentsOf(changes, endsOn).flatMap((segment): MeteredTerm[] => {
    if (segment.paused) return [];
    const meters = planOf(subscription, segment.planId).charges.flatMap(({ meter, terms }) =>
      meter ? [{ key: meter.key, filter: (terms as { readonly filter?: UsageFilter } | null)?.filter }] : [],
    );
    return [{ id, startsOn: segment.startsOn, endsOn: segment.endsOn, timeZone, meters }];
  });
}

/** The first subscription that would bill the same usage too, and by which meter. Compared as instants: zones may differ. */
export function findOverlap(
  wanted: readonly MeteredTerm[],
  existing: readonly MeteredTerm[],
): { readonly id: string; readonly meter: string } | null {
  for (const one of wanted) {
    const [from, to] = span(one);
    for (const other of existing) {
      const [otherFrom, otherTo] = span(other);
      if (from >= otherTo || otherFrom >= to) continue;
      const both = other.meters.find(({ key, filter }) =>
        one.meters.some((mine) => mine.key === key && !excludeEachOther(mine.filter, filter)),
      );
      if (both) return { id: other.id, meter: both.key };
    }
  }
  return null;
}

function span({ startsOn, endsOn, timeZone }: Term): [from: number, to: number] {
  return [
    startOfLocalDay(startsOn, timeZone),
    endsOn === null ? Number.POSITIVE_INFINITY : startOfLocalDay(endsOn, timeZone),
  ];
}
