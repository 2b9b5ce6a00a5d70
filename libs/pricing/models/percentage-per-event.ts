import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { CannotPrice } from '../cannot-price.ts';
import type { PriceOf } from '../price-schema.ts';
import { freeStep, type Priced, type PriceRule, percentStep, sumOf, timesStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

type Percentage = PriceOf<'percentage'>;

const ZERO = new Big('0');

/** How many events a limit changed, and by how much in all. */
interface Limited {
  readonly events: number;
  readonly by: Big;
}

/** What the events were counted to. */
interface Tally {
  /** Wholly free ones. */
  freeEvents: number;
  /** Money that is free: theirs, and the free part of the one that used the free amount up. */
  freed: Big;
  /** Money that pays the percentage. */
  paid: Big;
  /** Events that pay the fixed amount. */
  paying: number;
  raised: Limited;
  cut: Limited;
}

/**
 * A share of what each event amounts to, and a fixed amount for each. Events come in order (time, source, id). Floor and cap hold for
 * percentage and fixed amount of an event together. An event below zero pays the percentage only and touches no limit.
 */
export function perEventPricer(price: Percentage): Pricer {
  const percent = new Big(price.percent);
  const fixed = new Big(price.fixed_amount ?? '0');
  const limit = limitOf(price);
  const isFreeAtFirst = price.free_events !== undefined || price.free_amount !== undefined;

  return ({ events }) => {
    if (events === undefined)
      throw new CannotPrice(
        'A percentage with limits for single events needs "events", what each of them amounts to; a quantity is not enough.',
      );
    const tally = count(events, price, (paid) => limit(paid.times(percent).times('0.01').plus(fixed)));
    return notBelowZero(
      sumOf([
        ...(isFreeAtFirst
          ? [freeStep('free_events', new Big(String(tally.freeEvents))), freeStep('free_amount', tally.freed)]
          : []),
        percentStep('percent', tally.paid, percent),
        ...(fixed.eq(ZERO) ? [] : [timesStep('fixed_per_event', new Big(String(tally.paying)), fixed)]),
        ...limitedStep('minimum_per_event', tally.raised),
        ...limitedStep('maximum_per_event', tally.cut),
      ]),
    );
  };
}

/** `change`: what a limit changes the fee of a paying event by; zero when the fee lies within. */
function count(events: readonly Big[], price: Percentage, change: (paid: Big) => Big): Tally {
  const none: Limited = { events: 0, by: ZERO };
  const tally: Tally = { freeEvents: 0, freed: ZERO, paid: ZERO, paying: 0, raised: none, cut: none };
  const allow = startAllowance(price);
  for (const event of events) {
    if (event.lt(ZERO)) {
      tally.paid = tally.paid.plus(event);
      continue;
    }
    const { freed, isFree } = allow(event);
    tally.freed = tally.freed.plus(freed);
    if (isFree) {
      tally.freeEvents += 1;
      continue;
    }
    const paid = event.minus(freed);
    tally.paid = tally.paid.plus(paid);
    tally.paying += 1;
    const by = change(paid);
    if (by.gt(ZERO)) tally.raised = { events: tally.raised.events + 1, by: tally.raised.by.plus(by) };
    if (by.lt(ZERO)) tally.cut = { events: tally.cut.events + 1, by: tally.cut.by.plus(by) };
  }
  return tally;
}

/**
 * What is left of the free events and the free amount, event by event; when one of them ends, so does the other. The event that crosses the
 * free amount is free up to it, and counts as paying.
 */
function startAllowance({ free_events: freeEvents, free_amount: freeAmount }: Percentage) {
  let events = freeEvents ?? (freeAmount === undefined ? 0 : Number.POSITIVE_INFINITY);
  // Undefined: without end.
  let amount = freeAmount === undefined ? undefined : new Big(freeAmount);
  return (event: Big): { readonly freed: Big; readonly isFree: boolean } => {
    if (events === 0 || amount?.eq(ZERO)) return { freed: ZERO, isFree: false };
    if (amount?.lt(event)) {
      const freed = amount;
      amount = ZERO;
      return { freed, isFree: false };
    }
    events -= 1;
    amount = amount?.minus(event);
    return { freed: event, isFree: true };
  };
}

/** What floor and cap change a fee by. */
function limitOf({ minimum_per_event: minimum, maximum_per_event: maximum }: Percentage): (fee: Big) => Big {
  const least = minimum === undefined ? undefined : new Big(minimum);
  const most = maximum === undefined ? undefined : new Big(maximum);
  return (fee) => {
    if (least && fee.lt(least)) return least.minus(fee);
    if (most && fee.gt(most)) return most.minus(fee);
    return ZERO;
  };
}

function limitedStep(rule: PriceRule, { events, by }: Limited): Priced[] {
  return events === 0 ? [] : [{ amount: by, steps: [{ rule, quantity: String(events), amount: decimalString(by) }] }];
}

/** Events below zero can take back more than the paying ones cost, when others were free. */
function notBelowZero(priced: Priced): Priced {
  if (priced.amount.gte(ZERO)) return priced;
  return {
    amount: ZERO,
    steps: [...priced.steps, { rule: 'not_below_zero', quantity: '1', amount: decimalString(priced.amount.neg()) }],
  };
}
