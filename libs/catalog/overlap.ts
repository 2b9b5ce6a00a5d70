import { startOfLocalDay, type Term } from './billing-period.ts';

/** Which values of which properties a charge counts. */
export type UsageFilter = Readonly<Record<string, readonly string[]>>;

/** Whether no usage can pass both: they ask the same property for values that have none in common. */
export const excludeEachOther = (one: UsageFilter | undefined, other: UsageFilter | undefined): boolean =>
  Object.entries(one ?? {}).some(([property, values]) => {
    const others = other?.[property];
    return Array.isArray(values) && Array.isArray(others) && !values.some((value) => others.includes(value));
  });

/** A subscription with the meters that its plan prices. */
export interface MeteredTerm extends Term {
  readonly id: string;
  readonly meters: readonly string[];
}

/** The first subscription that would bill the same usage too, and by which meter. Compared as instants: zones may differ. */
export function findOverlap(
  wanted: Omit<MeteredTerm, 'id'>,
  existing: readonly MeteredTerm[],
): { readonly id: string; readonly meter: string } | null {
  const [from, to] = span(wanted);
  for (const other of existing) {
    const meter = other.meters.find((key) => wanted.meters.includes(key));
    const [otherFrom, otherTo] = span(other);
    if (meter !== undefined && from < otherTo && otherFrom < to) return { id: other.id, meter };
  }
  return null;
}

function span({ startsOn, endsOn, timeZone }: Term): [from: number, to: number] {
  return [
    startOfLocalDay(startsOn, timeZone),
    endsOn === null ? Number.POSITIVE_INFINITY : startOfLocalDay(endsOn, timeZone),
  ];
}
