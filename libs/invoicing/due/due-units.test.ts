import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, CALENDAR_MONTHS } from '#libs/catalog/billing-period.ts';
import type { Subscribed, SubscribedPlan } from '#libs/catalog/subscribed.ts';
import type { DueUnit } from './due-unit.ts';
import { type BilledUnit, dueUnits } from './due-units.ts';
import { findPeriodNotOver } from './period-not-over.ts';

const plan: SubscribedPlan = {
  id: 'plan',
  key: 'p',
  version: 1,
  state: 'active',
  name: 'P',
  currency: 'EUR',
  interval: 'month',
  minimumAmount: null,
  charges: [
    { key: 'fee', position: 0, terms: {}, meter: null },
    { key: 'calls', position: 1, terms: {}, meter: { id: 1, key: 'calls' } },
  ],
};
const first = { id: 'first', planId: 'plan', quantities: {}, overrides: {}, paused: false };
const subscribed = (changes: Partial<Subscribed> = {}, on: Partial<SubscribedPlan> = {}): Subscribed => {
  const startsOn = changes.startsOn ?? '2026-01-10';
  return {
    subscriptionId: 's',
    customerId: 'c',
    currency: 'EUR',
    startsOn,
    endsOn: null,
    timeZone: 'Europe/Berlin',
    anchor: null,
    trialDays: 0,
    trialUsage: 'billed',
    createdAt: Date.parse('2026-02-20T12:00:00Z'),
    changes: [{ ...first, startsOn }],
    plans: new Map([['plan', { ...plan, ...on }]]),
    ...changes,
  };
};
const subscription = subscribed();
const billedUnit = ({ chargeKey, kind, period, changeId }: DueUnit): BilledUnit => ({
  subscriptionId: 's',
  chargeKey,
  kind,
  from: Date.parse(period.serviceFrom),
  to: Date.parse(period.serviceTo),
  amount: '30',
  changeId,
  pricedBy: null,
  invoiceId: 'i',
  seen: null,
});
const window = {
  endsAfter: '2026-01-01',
  endsUntil: '2026-04-01',
  endedBy: Date.parse('2026-05-01T00:00Z'),
  backdated: true,
};
const names = (changes: Partial<typeof window> = {}, billed: BilledUnit[] = []) =>
  dueUnits(subscription, billed, { ...window, ...changes }).map((unit) => `${unit.chargeKey} ${unit.period.from}`);

describe('dueUnits', () => {
  test('every charge of every period that ended in the window', () => {
    expect(names()).toEqual(
      ['2026-01-10', '2026-02-01', '2026-03-01'].flatMap((from) => [`fee ${from}`, `calls ${from}`]),
    );
  });

  test('only what had ended by the instant given, to the millisecond', () => {
    const end = Date.parse('2026-03-31T22:00:00Z');
    expect(names({ endedBy: end })).toHaveLength(6);
    expect(names({ endedBy: end - 1 })).toHaveLength(4);
  });

  test('the schedule leaves what had ended before the subscription was entered', () => {
    expect(names({ backdated: false })).toEqual(
      ['2026-02-01', '2026-03-01'].flatMap((from) => [`fee ${from}`, `calls ${from}`]),
    );
  });

  test('entered in the last hours of a period west of UTC, where UTC has the next day: that period is billed', () => {
    const entered = Date.parse('2026-07-01T01:00:00Z');
    const west = dueUnits(
      subscribed({ startsOn: '2026-06-10', timeZone: 'America/New_York', createdAt: entered }),
      [],
      {
        endsAfter: '2026-06-01',
        endsUntil: '2026-08-01',
        endedBy: Date.parse('2026-07-15T00:00:00Z'),
        backdated: false,
      },
    );
    expect(west.map(({ period }) => period.from)).toEqual(['2026-06-10', '2026-06-10']);
  });

  test('entered in the first hours of a month east of UTC, where UTC has the day before: the month that ended is not', () => {
    const entered = Date.parse('2026-06-30T21:00:00Z');
    const east = dueUnits(
      subscribed({ startsOn: '2026-06-01', timeZone: 'Pacific/Auckland', createdAt: entered }),
      [],
      {
        endsAfter: '2026-06-01',
        endsUntil: '2026-07-15',
        endedBy: Date.parse('2026-07-15T00:00:00Z'),
        backdated: false,
      },
    );
    expect(east).toEqual([]);
  });

  test('ten years of a hundred billed charges: each is compared with its own periods only', () => {
    const charges = Array.from({ length: 100 }, (_, i) => ({
      key: `c${i}`,
      position: i,
      terms: {},
      meter: null,
    }));
    const term = subscribed({ startsOn: '2010-01-01', timeZone: 'UTC' }, { charges });
    const window = {
      endsAfter: '2010-01-01',
      endsUntil: '2020-02-01',
      endedBy: Date.parse('2021-01-01T00:00Z'),
      backdated: true,
    };
    let looks = 0;
    const billed = dueUnits(term, [], window).map((unit) => {
      const { from, ...rest } = billedUnit(unit);
      return {
        ...rest,
        get from() {
          looks += 1;
          return from;
        },
      };
    });
    expect(billed).toHaveLength(12_100);
    expect(dueUnits(term, billed, window)).toEqual([]);
    // Each period meets the unit that covers it, and no other.
    expect(looks).toBeLessThanOrEqual(12_100);
  });

  test('a unit that is billed is not due, the other charge of the period is', () => {
    const february = { endsAfter: '2026-02-01', endsUntil: '2026-03-01' };
    const billed = billedUnit(dueUnits(subscription, [], { ...window, ...february })[0] as DueUnit);
    expect(names(february, [billed])).toEqual(['calls 2026-02-01']);
  });

  test('billing what is due leaves nothing due, in whatever windows it was done', () => {
    const day = fc.integer({ min: 0, max: 500 }).map((days) => addDays('2026-01-01', days));
    fc.assert(
      fc.property(fc.array(fc.tuple(day, day), { maxLength: 6 }), (windows) => {
        const billed: BilledUnit[] = [];
        const billIn = (endsAfter: string, endsUntil: string) => {
          const due = dueUnits(subscription, billed, {
            ...window,
            endsAfter,
            endsUntil,
            endedBy: Number.MAX_SAFE_INTEGER,
          });
          billed.push(...due.map(billedUnit));
        };
        for (const borders of windows) billIn(...([...borders].sort() as [string, string]));
        billIn('2026-01-01', '2027-06-01');
        const fees = billed.filter((unit) => unit.chargeKey === 'fee').sort((a, b) => a.from - b.from);
        expect(fees).toHaveLength(17);
        expect(fees.slice(1).map((unit) => unit.from)).toEqual(fees.slice(0, -1).map((unit) => unit.to));
      }),
    );
  });
});

test('the last period of all zones decides whether a window is over', () => {
  const terms = ['Pacific/Kiritimati', 'UTC', 'Pacific/Pago_Pago'].map((timeZone) => ({
    startsOn: '2025-01-01',
    endsOn: null,
    timeZone,
    graceMinutes: 60,
    ...CALENDAR_MONTHS,
  }));
  const march = { endsAfter: '2026-03-01', endsUntil: '2026-04-01' };
  const at = (instant: string) => findPeriodNotOver(terms, march, Date.parse(instant));
  expect(at('2026-04-01T11:59:59Z')).toMatchObject({
    billableAt: '2026-04-01T12:00:00.000Z',
    period: { timeZone: 'Pacific/Pago_Pago', to: '2026-04-01' },
  });
  expect(at('2026-04-01T12:00:00Z')).toBeNull();
  expect(findPeriodNotOver([], march, 0)).toBeNull();
  // Nobody's period ends in it.
  expect(findPeriodNotOver(terms, { endsAfter: '2026-04-01', endsUntil: '2026-04-30' }, 0)).toBeNull();
});
