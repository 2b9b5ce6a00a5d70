import { Big } from '#libs/money/decimal.ts';
import type { GroupUsage } from '#libs/pricing/charge/price-charge.ts';
import type { MeteredUsage } from '../due/due-unit.ts';
import { groupOf } from './group-of.ts';

/** What a meter counted, as the price takes it. No events at all: one group that counted nothing, so that what is charged without usage is charged. */
export function meteredGroups(usage: readonly MeteredUsage[]): GroupUsage[] {
  if (usage.length === 0) return [{ group: null, quantity: new Big('0') }];
  return usage.map(({ groupKey, quantity, events }) => ({
    group: groupOf(groupKey),
    quantity: new Big(quantity),
    events: events?.map((event) => new Big(event)),
  }));
}
