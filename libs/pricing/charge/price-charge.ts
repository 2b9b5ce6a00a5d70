import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { roundToCurrency } from '#libs/money/round.ts';
import { sum } from '#libs/money/sum.ts';
import type { Charge } from '../charge-schema.ts';
import { priceIn } from '../price-in.ts';
import type { PriceStep } from '../price-step.ts';
import type { Group, Usage } from '../usage.ts';
import { applyPrice } from './apply-price.ts';
import { applyUnitRate } from './apply-unit-rate.ts';
import { capAtMaximum } from './cap-at-maximum.ts';
import { convertUnits } from './convert-units.ts';
import type { ChargeContext, DayShare, Mutator, Working } from './mutator.ts';
import { prorateFee, shareOf } from './prorate-fee.ts';
import { takeDiscount } from './take-discount.ts';
import { takeIncludedUnits } from './take-included-units.ts';
import { trueUp } from './true-up.ts';

/** What is done to each group, in this order. The maximum and the minimum follow, over all groups of the charge. */
const MUTATORS: readonly Mutator[] = [
  convertUnits,
  takeIncludedUnits,
  applyPrice,
  applyUnitRate,
  prorateFee,
  takeDiscount,
];

/** What one group of a charge is priced from. A fee has one group without values and counts 1, or the seats. */
export interface GroupUsage {
  readonly group: Group | null;
  /** Of all that the price is of: with `billedBefore`, everything so far. */
  readonly quantity: Big;
  readonly events?: readonly Big[] | undefined;
  /** What the line says it bills; the quantity if left out. */
  readonly shown?: Big | undefined;
  /** Amount that was billed for it already, in the currency's digits. */
  readonly billedBefore?: Big | undefined;
}

export interface ChargeInput {
  readonly currency: string;
  readonly groups: readonly GroupUsage[];
  /** Left out: the whole period. */
  readonly share?: DayShare | undefined;
}

/** A line, rounded to the currency. The steps add up to the amount, up to that one rounding. */
export interface ChargeLine {
  readonly charge: string;
  /** `minimum`: what was missing to the charge's minimum. */
  readonly kind: 'charge' | 'minimum';
  readonly group: Group | null;
  readonly quantity: string;
  readonly amount: Big;
  readonly steps: readonly PriceStep[];
}

const ZERO = new Big('0');

/** The lines of one charge, one for each group in the order given, and one for what is missing to the minimum. @throws CannotPrice */
export function priceCharge(charge: Charge, { currency, groups, share }: ChargeInput): ChargeLine[] {
  const context: ChargeContext = { charge, price: priceIn(charge, currency), currency, share };
  const worked = groups.map((group) => MUTATORS.reduce((working, mutate) => mutate(working, context), begin(group)));
  const rounded = capAtMaximum(worked, context).map((working) => ({
    working,
    amount: roundToCurrency(working.amount, currency),
  }));
  const lines = rounded.map(({ working, amount }, index) =>
    toLine(charge.key, groups[index] as GroupUsage, working, amount),
  );
  if (charge.minimum_amount === undefined) return lines;
  const charged = sum(rounded.map(({ amount }) => amount));
  const missing = trueUp(charge.minimum_amount, charged, shareOf(context), currency);
  return missing ? [...lines, { charge: charge.key, kind: 'minimum', group: null, quantity: '1', ...missing }] : lines;
}

/** Corrections can outweigh usage: a negative quantity is priced as none. Events that come to zero are still events. */
function begin({ quantity, events, group }: GroupUsage): Working {
  const usage: Usage = {
    // Not lt: big.js knows a negative zero, which would live on in the amount.
    quantity: quantity.gt(ZERO) ? quantity : ZERO,
    ...(events && { events: quantity.lt(ZERO) ? [] : events }),
    ...(group && { group }),
  };
  return { usage, amount: ZERO, steps: [] };
}

function toLine(charge: string, usage: GroupUsage, { amount: exact, steps }: Working, rounded: Big): ChargeLine {
  const line = {
    charge,
    kind: 'charge',
    group: usage.group,
    quantity: decimalString(usage.shown ?? usage.quantity),
  } as const;
  const before = usage.billedBefore;
  if (before === undefined) return { ...line, amount: rounded, steps };
  // Rounded before the subtraction: pieces that are billed one after the other so add up to the whole.
  const rounding = rounded.minus(exact);
  const last: PriceStep[] = rounding.eq(ZERO)
    ? []
    : [{ rule: 'rounding', quantity: '1', amount: decimalString(rounding) }];
  last.push({ rule: 'billed_before', quantity: '1', amount: decimalString(before.neg()) });
  return { ...line, amount: rounded.minus(before), steps: [...steps, ...last] };
}
