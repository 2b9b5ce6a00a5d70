import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, INTERVALS, startOfLocalDay } from '#libs/catalog/billing-period.ts';
import type { SubscriptionChange } from '#libs/catalog/segments.ts';
import type { Subscribed, SubscribedPlan } from '#libs/catalog/subscribed.ts';
import { dueCredits } from './due-credits.ts';
import type { DueUnit } from './due-unit.ts';
import { type BilledUnit, billedSince, dueUnits, nextDueOn } from './due-units.ts';

/*
 * Lives of subscriptions: any changes, made on the day they take effect or before, billed every few days as they go. At the end each day of
 * each charge that was to be billed stands on exactly one live unit, at the terms of that day, and no other day does.
 */

const START = '2026-01-10';
const DAYS = 100;
const ALL = Number.POSITIVE_INFINITY;
const dayOf = (offset: number) => addDays(START, offset);

const BILLINGS = ['in_arrears', 'in_advance'] as const;

const planOf = (id: string, interval: SubscribedPlan['interval'], rate: string): SubscribedPlan => ({
  id,
  key: id,
  version: 1,
  state: 'active',
  name: id,
  currency: 'EUR',
  interval,
  minimumAmount: '10',
  charges: [
    ...BILLINGS.map((billing, position) => ({
      key: billing,
      position,
      terms: { key: billing, billing, rate },
      meter: null,
    })),
    { key: 'seats', position: 2, terms: { key: 'seats', billing: 'in_advance', quantity: 'seats', rate }, meter: null },
    { key: 'calls', position: 3, terms: { key: 'calls', rate }, meter: { id: 1, key: 'calls' } },
  ],
});

interface Step {
  readonly day: number;
  readonly plan: 'a' | 'b' | null;
  readonly seats: string | null;
  readonly paused: boolean | null;
  /** Whether a run comes before the next change of that day. */
  readonly billed: boolean;
}

// Often several on one day.
const day = fc.oneof(fc.constantFrom(0, 5, 22, 50), fc.integer({ min: 0, max: DAYS }));

/** Paused, billed, and resumed on the same day. */
function wavering(on: number | null): Step[] {
  if (on === null) return [];
  const paused = { day: on, plan: null, seats: null, paused: true, billed: true };
  return [paused, { ...paused, paused: false, billed: false }];
}

const step: fc.Arbitrary<Step> = fc.record({
  day,
  plan: fc.option(fc.constantFrom('a' as const, 'b' as const)),
  seats: fc.option(fc.constantFrom('1', '2')),
  paused: fc.option(fc.boolean()),
  billed: fc.boolean(),
});

const life = fc.record({
  steps: fc
    .tuple(fc.array(step, { maxLength: 4 }), fc.option(day))
    .map(([steps, wavers]) => [...steps, ...wavering(wavers)]),
  length: fc.option(fc.integer({ min: 1, max: DAYS })),
  canceledDaysBefore: fc.nat(40),
  timeZone: fc.constantFrom('UTC', 'Pacific/Auckland', 'America/New_York'),
  intervals: fc.tuple(fc.constantFrom(...INTERVALS), fc.constantFrom(...INTERVALS)),
  anchor: fc.constantFrom(null, START, '2025-12-31'),
  trialDays: fc.constantFrom(0, 0, 14),
  every: fc.integer({ min: 1, max: 50 }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** As it is known on a day, so many changes of that day in: the end is entered some days before it takes effect. */
function knownOn(day: number, madeBy: number, { steps, length, canceledDaysBefore, ...rest }: Life): Subscribed {
  const first = { id: '000', startsOn: START, planId: 'a', quantities: { seats: '1' }, overrides: {}, paused: false };
  const changes = steps
    .map((one, index) => ({ ...one, index, id: String(index + 1).padStart(3, '0') }))
    .filter((one) => one.day < day || (one.day === day && one.index <= madeBy))
    .map(
      ({ id, day: at, plan, seats, paused }): SubscriptionChange => ({
        id,
        startsOn: dayOf(at),
        planId: plan,
        quantities: seats === null ? null : { seats },
        overrides: null,
        paused,
      }),
    );
  return {
    subscriptionId: 's',
    customerId: 'c',
    currency: 'EUR',
    startsOn: START,
    endsOn: length !== null && day >= length - canceledDaysBefore ? dayOf(length) : null,
    timeZone: rest.timeZone,
    anchor: rest.anchor,
    trialDays: rest.trialDays,
    trialUsage: 'billed',
    createdAt: 0,
    changes: [first, ...changes],
    plans: new Map([
      ['a', planOf('a', rest.intervals[0], '1')],
      ['b', planOf('b', rest.intervals[1], '2')],
    ]),
  };
}

/** Bills what is due on a day, as a run does: credits cut units down, then what is due is taken. */
function billOn(
  endsAfter: string,
  day: string,
  known: Subscribed,
  all: readonly BilledUnit[],
  termsOf: Map<BilledUnit, DueUnit>,
) {
  const window = {
    endsAfter,
    endsUntil: day,
    endedBy: startOfLocalDay(day, known.timeZone),
    backdated: true,
  };
  // What a run reads; it must do without the rest.
  const since = billedSince(known, window);
  const billed = all.filter(({ to }) => to >= since);
  const credits = dueCredits(known, billed, window);
  const left = billed.flatMap((unit) => {
    const credit = credits.find(
      ({ unit: { chargeKey, serviceFrom } }) => chargeKey === unit.chargeKey && Date.parse(serviceFrom) === unit.from,
    );
    if (!credit || unit.kind !== 'fee') return [unit];
    const cut = { ...unit, to: Date.parse(credit.keptUntil) };
    termsOf.set(cut, termsOf.get(unit) as DueUnit);
    return cut.to > cut.from ? [cut] : [];
  });
  const due = dueUnits(known, left, window);
  const taken = due.map((unit): BilledUnit => {
    const one: BilledUnit = {
      subscriptionId: 's',
      chargeKey: unit.chargeKey,
      kind: unit.kind,
      from: Date.parse(unit.period.serviceFrom),
      to: Date.parse(unit.period.serviceTo),
      amount: '1',
      changeId: unit.changeId,
      pricedBy: null,
      invoiceId: 'i',
      seen: null,
    };
    termsOf.set(one, unit);
    return one;
  });
  const old = all.filter(({ to }) => to < since);
  return { billed: [...old, ...left, ...taken], work: due.length + credits.length };
}

describe('the life of a subscription', () => {
  test('each day is billed once, at the terms of that day, and nothing else is', () => {
    fc.assert(
      fc.property(life, (one) => {
        const termsOf = new Map<BilledUnit, DueUnit>();
        let billed: readonly BilledUnit[] = [];
        let looked = 0;
        const bill = (day: number, madeBy: number) => {
          ({ billed } = billOn(dayOf(looked - 1), dayOf(day), knownOn(day, madeBy, one), billed, termsOf));
          looked = day;
        };
        for (let day = 0; day <= DAYS; day += 1) {
          for (const [index, { day: at, billed: isBilled }] of one.steps.entries())
            if (at === day && isBilled) bill(day, index);
          if (day % one.every === 0 || day === DAYS) bill(day, ALL);
        }
        const known = knownOn(DAYS, ALL, one);
        for (let day = 0; day < DAYS; day += 1) {
          const at = startOfLocalDay(dayOf(day), known.timeZone);
          for (const key of ['in_arrears', 'in_advance', 'seats', 'calls']) {
            const on = billed.filter(({ chargeKey, from, to }) => chargeKey === key && from <= at && at < to);
            const wanted = termsOn(known, key, day);
            expect(on.length).toBeLessThanOrEqual(wanted === undefined ? 0 : 1);
            const [unit] = on;
            if (unit) expect(summary(termsOf.get(unit) as DueUnit)).toBe(wanted);
            // What is due later, with a period that has not ended, may be missing.
            else if (wanted !== undefined && key !== 'in_arrears' && key !== 'calls')
              throw new Error(`day ${dayOf(day)} of ${key} is not billed`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('between two days that are told to be next nothing falls due', () => {
    fc.assert(
      fc.property(life, fc.integer({ min: 0, max: DAYS }), (one, day) => {
        const known = knownOn(DAYS, ALL, one);
        const termsOf = new Map<BilledUnit, DueUnit>();
        const { billed } = billOn(dayOf(-1), dayOf(day), known, [], termsOf);
        const next = nextDueOn(known, dayOf(day)) ?? dayOf(DAYS + 400);
        expect(next > dayOf(day)).toBe(true);
        expect(billOn(dayOf(day - 1), addDays(next, -1), known, billed, termsOf).work).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

const summary = ({ charge, quantity }: Pick<DueUnit, 'charge' | 'quantity'>): string =>
  `${(charge.terms as { rate: string }).rate} ${quantity}`;

/** Counted day by day from the changes, without stretches or periods: what a charge is billed at on a day, if it is. */
function termsOn(known: Subscribed, key: string, day: number): string | undefined {
  if (known.endsOn !== null && dayOf(day) >= known.endsOn) return undefined;
  if (key !== 'calls' && day < known.trialDays) return undefined;
  let [plan, seats, paused] = ['a', '1', false];
  for (const { startsOn, planId, quantities, paused: isPaused } of [...known.changes].sort((a, b) =>
    `${a.startsOn} ${a.id}` < `${b.startsOn} ${b.id}` ? -1 : 1,
  )) {
    if (startsOn > dayOf(day)) break;
    plan = planId ?? plan;
    seats = quantities?.seats ?? seats;
    paused = isPaused ?? paused;
  }
  return paused ? undefined : `${plan === 'a' ? '1' : '2'} ${key === 'seats' ? seats : null}`;
}
