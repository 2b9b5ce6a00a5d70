import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { type Priced, type PriceRule, type PriceStep, timesStep } from '../price-step.ts';

/** A tier with its figures read: it holds what is more than `from` and at most `upTo`, fractions too; null is without end. */
export interface Tier {
  readonly from: Big;
  readonly upTo: Big | null;
  /** For steps. */
  readonly bounds: Pick<PriceStep, 'from' | 'up_to'>;
  /** Of a tier that has a rate, per unit or in percent. */
  readonly rate: Big;
  /** The flat amount as a step; undefined when there is none. */
  readonly flat: Priced | undefined;
}

const ZERO = new Big('0');
const ONE = new Big('1');

/** `flatAlways`: a flat amount of zero is told too. */
export function readTiers(
  tiers: readonly {
    readonly up_to: string | null;
    readonly unit_amount?: string;
    readonly percent?: string;
    readonly flat_amount?: string | undefined;
  }[],
  flatAlways = false,
): readonly Tier[] {
  let from = ZERO;
  return tiers.map((tier) => {
    const upTo = tier.up_to === null ? null : new Big(tier.up_to);
    const bounds = { from: decimalString(from), up_to: upTo && decimalString(upTo) };
    const flatAmount = new Big(tier.flat_amount ?? '0');
    const flat = flatAlways || !flatAmount.eq(ZERO) ? timesStep('tier_flat', ONE, flatAmount, bounds) : undefined;
    const read: Tier = { from, upTo, bounds, rate: new Big(tier.unit_amount ?? tier.percent ?? '0'), flat };
    from = upTo ?? from;
    return read;
  });
}

/** The tier that a quantity lies in. Zero lies in the first. */
export function tierOf(tiers: readonly Tier[], quantity: Big): Tier {
  return tiers.find(({ upTo }) => upTo === null || quantity.lte(upTo)) as Tier;
}

/** The tiers that a quantity enters, the first one always, each with the part of the quantity that lies in it. */
export function* partsOf(tiers: readonly Tier[], quantity: Big): Generator<readonly [Tier, Big]> {
  for (const [index, tier] of tiers.entries()) {
    if (index > 0 && quantity.lte(tier.from)) return;
    const isLast = tier.upTo === null || quantity.lte(tier.upTo);
    yield [tier, (isLast ? quantity : (tier.upTo as Big)).minus(tier.from)];
    if (isLast) return;
  }
}

/** The tier's rate for some units, and its flat amount. */
export function tierSteps(rule: PriceRule, { rate, bounds, flat }: Tier, quantity: Big): Priced {
  const usage = timesStep(rule, quantity, rate, bounds);
  return flat ? { amount: usage.amount.plus(flat.amount), steps: [...usage.steps, ...flat.steps] } : usage;
}
