import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { type Priced, type PriceStep, percentStep, timesStep } from '../price-step.ts';

/** A tier with its figures read: it holds what is more than `from` and at most `upTo`, fractions too; null is without end. */
export interface Tier {
  readonly from: Big;
  readonly upTo: Big | null;
  /** What a part of the quantity costs in it, its flat amount included. */
  readonly price: (part: Big) => Priced;
}

/** As a price holds it: a rate per unit, a percentage, or a flat amount alone. */
interface TierFigures {
  readonly up_to: string | null;
  readonly unit_amount?: string;
  readonly percent?: string;
  readonly flat_amount?: string | undefined;
}

type Bounds = Pick<PriceStep, 'from' | 'up_to'>;

const ZERO = new Big('0');
const ONE = new Big('1');

export function readTiers(tiers: readonly TierFigures[]): readonly Tier[] {
  let from = ZERO;
  return tiers.map((tier) => {
    const upTo = tier.up_to === null ? null : new Big(tier.up_to);
    const bounds = { from: decimalString(from), up_to: upTo && decimalString(upTo) };
    const read: Tier = { from, upTo, price: pricedBy(tier, bounds) };
    from = upTo ?? from;
    return read;
  });
}

function pricedBy({ unit_amount: unitAmount, percent, flat_amount: flatAmount }: TierFigures, bounds: Bounds) {
  const flat = timesStep('tier_flat', ONE, new Big(flatAmount ?? '0'), bounds);
  if (unitAmount === undefined && percent === undefined) return () => flat;
  const rate = new Big(unitAmount ?? (percent as string));
  const stepOf = percent === undefined ? timesStep : percentStep;
  if (flat.amount.eq(ZERO)) return (part: Big): Priced => stepOf('tier', part, rate, bounds);
  return (part: Big): Priced => {
    const usage = stepOf('tier', part, rate, bounds);
    return { amount: usage.amount.plus(flat.amount), steps: [...usage.steps, ...flat.steps] };
  };
}

/** The tier that a quantity lies in. Zero lies in the first. */
export function tierOf(tiers: readonly Tier[], quantity: Big): Tier {
  return tiers.find(({ upTo }) => upTo === null || quantity.lte(upTo)) as Tier;
}

/** The tiers that a quantity enters, the first one always, each with the part of the quantity that lies in it. */
export function* partsOf(tiers: readonly Tier[], quantity: Big): Generator<readonly [Tier, Big]> {
  for (const tier of tiers) {
    const isLast = tier.upTo === null || quantity.lte(tier.upTo);
    yield [tier, (isLast ? quantity : (tier.upTo as Big)).minus(tier.from)];
    if (isLast) return;
  }
}
