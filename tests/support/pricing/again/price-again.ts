import {
  add,
  by,
  compare,
  type Fraction,
  floor,
  fraction,
  least,
  minus,
  most,
  percentOf,
  read,
  times,
  total,
  ZERO,
} from './fraction.ts';

/** A price as JSON; which fields there are follows from its model. */
export interface SomePrice {
  readonly model: string;
  readonly [field: string]: unknown;
}

interface SomeTier {
  readonly up_to: string | null;
  readonly unit_amount?: string;
  readonly percent?: string;
  readonly flat_amount?: string;
}

const EVENT_LIMITS = ['fixed_amount', 'free_events', 'minimum_per_event', 'maximum_per_event'];
export const isByEvent = (price: SomePrice): boolean =>
  price.model === 'percentage' && EVENT_LIMITS.some((limit) => price[limit] !== undefined);

/** What a price makes of a quantity that is not negative, or of its events: docs/pricing.md read anew. */
export function priceAgain(price: SomePrice, quantity: Fraction, events: readonly Fraction[]): Fraction {
  const figure = (field: string, other = '0') => read((price[field] as string | undefined) ?? other);
  switch (price.model) {
    case 'flat':
      return figure('amount');
    case 'per_unit':
      return times(quantity, figure('unit_amount'));
    case 'dynamic':
      return times(quantity, figure('multiplier', '1'));
    case 'matrix':
      return times(quantity, read((price.rates as { unit_amount: string }[])[0]?.unit_amount as string));
    case 'package': {
      const exact = by(quantity, figure('size'));
      const full = floor(exact);
      const isBegun = price.round !== 'down' && compare(exact, fraction(full)) > 0;
      return times(fraction(isBegun ? full + 1n : full), figure('amount'));
    }
    case 'graduated':
    case 'graduated_percentage':
      return byTiers(price.tiers as SomeTier[], quantity);
    case 'volume':
    case 'stairstep':
      return inTier(price.tiers as SomeTier[], quantity);
    default:
      return isByEvent(price)
        ? byEvents(price, events)
        : percentOf(price.percent as string, most(ZERO, minus(quantity, figure('free_amount'))));
  }
}

function byTiers(tiers: readonly SomeTier[], quantity: Fraction): Fraction {
  let from = ZERO;
  return total(
    tiers.flatMap(({ up_to, unit_amount = '0', percent = '0', flat_amount = '0' }, index) => {
      if (index > 0 && compare(quantity, from) <= 0) return [];
      const part = minus(up_to === null ? quantity : least(quantity, read(up_to)), from);
      from = up_to === null ? from : read(up_to);
      return [times(part, read(unit_amount)), percentOf(percent, part), read(flat_amount)];
    }),
  );
}

function inTier(tiers: readonly SomeTier[], quantity: Fraction): Fraction {
  const tier = tiers.find(({ up_to }) => up_to === null || compare(quantity, read(up_to)) <= 0) as SomeTier;
  return add(times(quantity, read(tier.unit_amount ?? '0')), read(tier.flat_amount ?? '0'));
}

function byEvents(price: SomePrice, events: readonly Fraction[]): Fraction {
  const text = (field: string) => price[field] as string | undefined;
  let [count, money] = [
    price.free_events as number | undefined,
    text('free_amount') ? read(text('free_amount') as string) : undefined,
  ];
  const isFree = () =>
    (count !== undefined || money !== undefined) && count !== 0 && (money === undefined || compare(money, ZERO) > 0);
  const fees = events.map((event) => {
    if (compare(event, ZERO) < 0) return percentOf(price.percent as string, event);
    let pays = event;
    if (isFree()) {
      const crosses = money !== undefined && compare(event, money) > 0;
      if (money !== undefined) pays = most(ZERO, minus(event, money));
      if (money !== undefined) money = most(ZERO, minus(money, event));
      if (!crosses) {
        if (count !== undefined) count -= 1;
        return ZERO;
      }
    }
    const fee = add(percentOf(price.percent as string, pays), read(text('fixed_amount') ?? '0'));
    if (compare(fee, read(text('minimum_per_event') ?? '0')) < 0) return read(text('minimum_per_event') as string);
    const top = text('maximum_per_event');
    return top === undefined ? fee : least(fee, read(top));
  });
  return most(ZERO, total(fees));
}
