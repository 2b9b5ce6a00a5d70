import type { Charge, Line, Price, Tier } from './answers.ts';
import {
  add,
  compare,
  divided,
  type Fraction,
  floor,
  fraction,
  isLess,
  least,
  minus,
  rounded,
  sumOf,
  times,
  ZERO,
} from './fraction.ts';

/** What is priced: a quantity, and the single events where a model looks at them. */
export interface Priceable {
  readonly quantity: Fraction;
  readonly events: readonly Fraction[] | null;
  readonly group: Line['group'];
  /** Of a fee that is for some days only. */
  readonly share: Fraction;
}

/** The exact amount of one group: convert, included units, price, unit, days, discount. */
export function amountOf(charge: Charge, price: Price, given: Priceable): Fraction {
  let quantity = isLess(given.quantity, ZERO) ? ZERO : given.quantity;
  let events = isLess(given.quantity, ZERO) && given.events ? [] : given.events;
  if (charge.convert) {
    const { convert } = charge;
    events = events?.map((event) => converted(event, convert)) ?? null;
    quantity = events ? sumOf(events) : converted(quantity, convert);
  }
  if (charge.included_units !== undefined) quantity = minus(quantity, least(quantity, fraction(charge.included_units)));
  let amount = priced(price, quantity, events, given.group);
  if (charge.unit) amount = times(amount, fraction(charge.unit.rate));
  amount = times(amount, given.share);
  return charge.discount_percent === undefined
    ? amount
    : times(amount, percent(minus(fraction(100), fraction(charge.discount_percent))));
}

const percent = (value: Fraction | string): Fraction =>
  divided(typeof value === 'string' ? fraction(value) : value, fraction(100));

function converted(
  quantity: Fraction,
  { divide = '1', multiply = '1', round = 'none', places = 0 }: NonNullable<Charge['convert']>,
) {
  const exact = divided(times(quantity, fraction(multiply)), fraction(divide));
  if (round === 'none') return exact;
  if (round === 'half_up') return rounded(exact, places);
  const scale = fraction(10n ** BigInt(places));
  const size = times(isLess(exact, ZERO) ? times(exact, fraction(-1)) : exact, scale);
  const whole = floor(size);
  const isUp = round === 'up' && compare(fraction(whole), size) !== 0;
  const result = divided(fraction(whole + (isUp ? 1n : 0n)), scale);
  return isLess(exact, ZERO) ? times(result, fraction(-1)) : result;
}

function priced(price: Price, quantity: Fraction, events: readonly Fraction[] | null, group: Line['group']): Fraction {
  switch (price.model) {
    case 'flat':
      return fraction(price.amount as string);
    case 'per_unit':
      return times(quantity, fraction(price.unit_amount as string));
    case 'graduated':
    case 'graduated_percentage':
      return graduated(price.tiers as readonly Tier[], quantity);
    case 'volume':
    case 'stairstep':
      return volume(price.tiers as readonly Tier[], quantity);
    case 'package':
      return times(packages(price, quantity), fraction(price.amount as string));
    case 'percentage':
      return percentage(price, quantity, events);
    case 'matrix':
      return times(quantity, matrixRate(price, group, quantity));
    case 'dynamic':
      return times(quantity, fraction(price.multiplier ?? '1'));
    default:
      throw new Error(`the model ${price.model} is not known here`);
  }
}

const rateOf = ({ unit_amount: amount, percent: share }: Tier): Fraction =>
  share === undefined ? fraction(amount ?? '0') : percent(share);
const inTier = (tier: Tier, part: Fraction): Fraction =>
  add(times(part, rateOf(tier)), fraction(tier.flat_amount ?? '0'));

function graduated(tiers: readonly Tier[], quantity: Fraction): Fraction {
  let [amount, from] = [ZERO, ZERO];
  for (const [at, tier] of tiers.entries()) {
    if (at > 0 && compare(quantity, from) <= 0) break;
    const upTo = tier.up_to === null ? quantity : least(quantity, fraction(tier.up_to));
    amount = add(amount, inTier(tier, minus(upTo, from)));
    from = tier.up_to === null ? quantity : fraction(tier.up_to);
  }
  return amount;
}

function volume(tiers: readonly Tier[], quantity: Fraction): Fraction {
  const tier = tiers.find(({ up_to: upTo }) => upTo === null || compare(quantity, fraction(upTo)) <= 0) as Tier;
  return inTier(tier, quantity);
}

function packages({ size, round = 'up' }: Price, quantity: Fraction): Fraction {
  const exact = divided(quantity, fraction(size as string));
  const full = floor(exact);
  return fraction(round === 'up' && compare(fraction(full), exact) !== 0 ? full + 1n : full);
}

function matrixRate(
  { dimensions = [], rates = [], default_unit_amount: other }: Price,
  group: Line['group'],
  quantity: Fraction,
) {
  const values = JSON.stringify(dimensions.map((name) => group?.[name] ?? null));
  const found = rates.find((rate) => JSON.stringify(rate.values) === values)?.unit_amount ?? other;
  if (found !== undefined) return fraction(found);
  if (quantity.over === 0n) return ZERO;
  throw new Error(`the matrix has no rate for ${values}`);
}

function percentage(price: Price, quantity: Fraction, events: readonly Fraction[] | null): Fraction {
  const share = percent(price.percent as string);
  const { fixed_amount, free_events, minimum_per_event, maximum_per_event, free_amount } = price;
  if ([fixed_amount, free_events, minimum_per_event, maximum_per_event].every((one) => one === undefined))
    return times(minus(quantity, least(quantity, fraction(free_amount ?? '0'))), share);
  if (events === null) throw new Error('a percentage with limits for single events needs the events');
  const fixed = fraction(fixed_amount ?? '0');
  let count = free_events ?? (free_amount === undefined ? 0 : Number.POSITIVE_INFINITY);
  let free = free_amount === undefined ? null : fraction(free_amount);
  let amount = ZERO;
  for (const event of events) {
    if (isLess(event, ZERO)) {
      amount = add(amount, times(event, share));
      continue;
    }
    let paid = event;
    if (count > 0 && !(free !== null && free.over === 0n)) {
      if (free === null || compare(event, free) <= 0) {
        count -= 1;
        free = free === null ? null : minus(free, event);
        continue;
      }
      paid = minus(event, free);
      free = ZERO;
    }
    let fee = add(times(paid, share), fixed);
    if (minimum_per_event !== undefined && isLess(fee, fraction(minimum_per_event))) fee = fraction(minimum_per_event);
    if (maximum_per_event !== undefined && isLess(fraction(maximum_per_event), fee)) fee = fraction(maximum_per_event);
    amount = add(amount, fee);
  }
  return isLess(amount, ZERO) ? ZERO : amount;
}
