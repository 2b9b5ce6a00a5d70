import { Big } from '#libs/money/decimal.ts';
import type { PriceOf } from '../price-schema.ts';
import { freeStep, percentStep, sumOf } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';
import { perEventPricer } from './percentage-per-event.ts';

/** Whether single events must be known; otherwise what they amount to together is enough. */
export const looksAtEvents = (price: PriceOf<'percentage'>): boolean =>
  [price.fixed_amount, price.free_events, price.minimum_per_event, price.maximum_per_event].some(
    (limit) => limit !== undefined,
  );

/** A share of what the events amount to, after the free amount. */
export function percentagePricer(price: PriceOf<'percentage'>): Pricer {
  if (looksAtEvents(price)) return perEventPricer(price);
  const percent = new Big(price.percent);
  if (price.free_amount === undefined) return ({ quantity }) => percentStep('percent', quantity, percent);
  const free = new Big(price.free_amount);
  return ({ quantity }) => {
    const freed = quantity.lt(free) ? quantity : free;
    return sumOf([freeStep('free_amount', freed), percentStep('percent', quantity.minus(freed), percent)]);
  };
}
