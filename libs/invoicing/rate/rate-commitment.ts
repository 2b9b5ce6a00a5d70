import { z } from 'zod';
import { Big } from '#libs/money/decimal.ts';
import { amountSchema } from '#libs/pricing/decimal-schema.ts';
import { planMinimumLine } from '#libs/pricing/totals/plan-minimum.ts';
import { amountText } from '../amount-text.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { CountedPart } from '../documents/document.ts';
import type { DueUnit } from '../due/due-unit.ts';
import type { RatedLine } from '../settle/settle-lines.ts';

const termsSchema = z.object({ name: z.string(), minimum_amount: amountSchema });

/**
 * The line for what a plan's charges lack to its minimum in one period, 0 when they reach it. `counts`: all that is billed for
 * services that end in the period. @throws CannotBill
 */
export function rateCommitment(unit: DueUnit, counts: readonly CountedPart[]): RatedLine {
  const terms = termsSchema.safeParse(unit.charge.terms);
  if (!terms.success) throw new CannotBill('invalid_price', `The minimum of plan ${unit.plan} cannot be applied.`);
  const { name, minimum_amount: minimum } = terms.data;
  const { days, periodDays, serviceFrom, serviceTo } = unit.period;
  const missing = planMinimumLine(
    minimum,
    counts.map(({ amount }) => ({ amount: new Big(amount) })),
    { days, periodDays },
    unit.currency,
  );
  return {
    subscription_id: unit.subscriptionId,
    charge_key: unit.chargeKey,
    kind: 'commitment',
    description: name,
    service_from: serviceFrom,
    service_to: serviceTo,
    quantity: '1',
    amount: amountText(missing?.amount ?? new Big('0'), unit.currency),
    steps: missing?.steps ?? [],
    counts: counts.filter(({ amount }) => !new Big(amount).eq('0')).sort(byUnit),
    ...(unit.pricedBy && { priced_by: unit.pricedBy }),
  };
}

const byUnit = (one: CountedPart, other: CountedPart): number =>
  Date.parse(one.service_from) - Date.parse(other.service_from) || (one.charge_key < other.charge_key ? -1 : 1);
