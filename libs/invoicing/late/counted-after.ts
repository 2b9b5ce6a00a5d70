import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import type { CountedPart } from '../documents/document.ts';
import { countsFor } from '../due/counts-for.ts';
import type { DueUnit } from '../due/due-unit.ts';
import type { SettledUnit } from './late-document.ts';

/** What counts towards a commitment once corrected units come to what they are now, in place of what they were. */
export function countedAfter(
  commitment: DueUnit,
  charged: readonly CountedPart[],
  units: readonly Omit<SettledUnit, 'invoiceId'>[],
): CountedPart[] {
  const parts = new Map(charged.map((part) => [keyOf(part), part]));
  for (const unit of units) {
    if (unit.kind === 'commitment' || !countsFor(commitment, unit.subscriptionId, unit.serviceTo)) continue;
    const part = newPart(unit);
    const before = parts.get(keyOf(part)) ?? part;
    const amount = sum([before.amount, unit.now.amount]).minus(unit.was.amount);
    parts.set(keyOf(part), { ...before, amount: amountText(amount, commitment.currency) });
  }
  return [...parts.values()].filter(({ amount }) => !new Big(amount).eq('0'));
}

const keyOf = ({ charge_key: key, kind, service_from: from }: CountedPart): string =>
  [key, kind, Date.parse(from)].join(' ');

/** Of what came to nothing before. */
const newPart = ({ chargeKey, kind, serviceFrom, serviceTo }: Omit<SettledUnit, 'invoiceId'>) => ({
  charge_key: chargeKey,
  kind,
  service_from: serviceFrom,
  service_to: serviceTo,
  amount: '0',
});
