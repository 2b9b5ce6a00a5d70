import { Big } from '#libs/money/decimal.ts';
import type { GroupUsage } from '#libs/pricing/charge/price-charge.ts';
import type { Group } from '#libs/pricing/usage.ts';
import type { MeteredUsage } from './due-unit.ts';

/** What a meter counted, as the price takes it. No events at all: one group that counted nothing, so that what is charged without usage is charged. */
export function meteredGroups(usage: readonly MeteredUsage[]): GroupUsage[] {
  if (usage.length === 0) return [{ group: null, quantity: new Big('0') }];
  return usage.map(({ groupKey, quantity, events }) => ({
    group: groupOf(groupKey),
    quantity: new Big(quantity),
    events: events?.map((event) => new Big(event)),
  }));
}

/** Values as text, as a matrix and a line name them. */
function groupOf(groupKey: string): Group | null {
  if (groupKey === '') return null;
  const values = JSON.parse(groupKey) as Record<string, string | number | boolean | null>;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}
