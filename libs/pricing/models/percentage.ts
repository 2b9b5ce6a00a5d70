import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { CannotPrice } from '../cannot-price.ts';
import type { PriceOf } from '../price-schema.ts';
import { type Priced, type PriceRule, type PriceStep, sumOf } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

const ZERO = new Big('0');
const ONE_PERCENT = new Big('0.01');

/** Whether single events must be known; otherwise what they amount to together is enough. */
export const looksAtEvents = (price: PriceOf<'percentage'>): boolean =>
  [price.fixed_amount, price.free_events, price.minimum_per_event, price.maximum_per_event].some(
    (limit) => limit !== undefined,
  );

/**
 * A share of what the events amount to. Events come in order (time, source, id). They are free as long as neither the free events nor the
 * free amount are used up; the event that crosses the free amount is free up to it and pays the full fixed amount. Floor and cap hold for
 * percentage and fixed amount of an event together. An event below zero pays the percentage only and touches no limit.
 */
export function percentagePricer(price: PriceOf<'percentage'>): Pricer {
  return looksAtEvents(price) ? perEvent(price) : perAmount(price);
}

function perAmount(price: PriceOf<'percentage'>): Pricer {
  const share = new Big(price.percent).times(ONE_PERCENT);
  const free = new Big(price.free_amount ?? '0');
  return ({ quantity }) => {
    const paid = quantity.gt(free) ? quantity.minus(free) : ZERO;
    return sumOf([
      step('free_events', quantity.minus(paid), ZERO, {}, price.free_amount !== undefined),
      step('percent', paid, paid.times(share), { percent: price.percent }),
    ]);
  };
}

/** What an event costs, by part. */
interface Counted {
  /** What the percentage is taken of. */
  paid: Big;
  freeEvents: number;
  paying: number;
  raised: { events: number; by: Big };
  cut: { events: number; by: Big };
}

function perEvent(price: PriceOf<'percentage'>): Pricer {
  const share = new Big(price.percent).times(ONE_PERCENT);
  const fixed = new Big(price.fixed_amount ?? '0');
  const least = price.minimum_per_event === undefined ? undefined : new Big(price.minimum_per_event);
  const most = price.maximum_per_event === undefined ? undefined : new Big(price.maximum_per_event);
  const isFreeAtFirst = price.free_events !== undefined || price.free_amount !== undefined;

  return ({ quantity, events }) => {
    if (events === undefined)
      throw new CannotPrice(
        'A percentage with limits for single events needs "events", what each of them amounts to; a quantity is not enough.',
      );
    let freeEvents = isFreeAtFirst ? (price.free_events ?? Number.POSITIVE_INFINITY) : 0;
    // Undefined: without end.
    let freeAmount = price.free_amount === undefined ? undefined : new Big(price.free_amount);
    const counted: Counted = {
      paid: ZERO,
      freeEvents: 0,
      paying: 0,
      raised: { events: 0, by: ZERO },
      cut: { events: 0, by: ZERO },
    };
    // More was taken back than used: priced as no usage.
    for (const amount of quantity.gt(ZERO) ? events : []) {
      if (amount.lt(ZERO)) {
        counted.paid = counted.paid.plus(amount);
        continue;
      }
      let paid = amount;
      if (freeEvents > 0 && (freeAmount === undefined || freeAmount.gt(ZERO))) {
        if (freeAmount === undefined || amount.lte(freeAmount)) {
          freeEvents -= 1;
          freeAmount = freeAmount?.minus(amount);
          counted.freeEvents += 1;
          continue;
        }
        paid = amount.minus(freeAmount);
        freeAmount = ZERO;
      }
      count(paid);
    }
    return notBelowZero(
      sumOf([
        step('free_events', new Big(String(counted.freeEvents)), ZERO, {}, isFreeAtFirst),
        step('percent', counted.paid, counted.paid.times(share), { percent: price.percent }),
        step(
          'fixed_per_event',
          new Big(String(counted.paying)),
          fixed.times(String(counted.paying)),
          { unit_amount: decimalString(fixed) },
          !fixed.eq(ZERO),
        ),
        step(
          'minimum_per_event',
          new Big(String(counted.raised.events)),
          counted.raised.by,
          {},
          counted.raised.events > 0,
        ),
        step('maximum_per_event', new Big(String(counted.cut.events)), counted.cut.by, {}, counted.cut.events > 0),
      ]),
    );

    function count(paid: Big): void {
      counted.paid = counted.paid.plus(paid);
      counted.paying += 1;
      const fee = paid.times(share).plus(fixed);
      if (least && fee.lt(least)) {
        counted.raised.events += 1;
        counted.raised.by = counted.raised.by.plus(least.minus(fee));
      } else if (most && fee.gt(most)) {
        counted.cut.events += 1;
        counted.cut.by = counted.cut.by.minus(fee.minus(most));
      }
    }
  };
}

function step(rule: PriceRule, quantity: Big, amount: Big, more: Partial<PriceStep>, isTold = true): Priced {
  const steps = isTold ? [{ rule, ...more, quantity: decimalString(quantity), amount: decimalString(amount) }] : [];
  return { amount, steps };
}

/** Events below zero can take back more than the paying ones cost, when others were free. */
function notBelowZero(priced: Priced): Priced {
  if (priced.amount.gte(ZERO)) return priced;
  return {
    amount: ZERO,
    steps: [...priced.steps, { rule: 'not_below_zero', quantity: '1', amount: decimalString(priced.amount.neg()) }],
  };
}
