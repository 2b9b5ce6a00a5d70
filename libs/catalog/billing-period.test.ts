import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  CALENDAR_MONTHS,
  INTERVALS,
  localDateAt,
  periodAround,
  periodBetween,
  periodsEndingIn,
  periodsIn,
  startOfLocalDay,
  windowOfMonth,
} from './billing-period.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Sydney',
  'Pacific/Auckland',
  'Pacific/Pago_Pago',
  'Pacific/Kiritimati',
  'America/Santiago',
  'Asia/Kolkata',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Asuncion',
];
const HOUR = 3_600_000;

const hours = (period: { serviceFrom: string; serviceTo: string }) =>
  (Date.parse(period.serviceTo) - Date.parse(period.serviceFrom)) / HOUR;

describe('periodsEndingIn', () => {
  test.each([
    ['a whole month', '2026-01-01', null, '2026-10-01', '2026-11-01', ['2026-10-01/2026-11-01 31/31']],
    ['nothing before its end', '2026-01-01', null, '2026-10-01', '2026-10-31', []],
    ['an end on the lower border is not asked for again', '2026-01-01', null, '2026-11-01', '2026-11-30', []],
    ['the first month is clipped', '2026-10-15', null, '2026-10-01', '2026-11-01', ['2026-10-15/2026-11-01 17/31']],
    [
      'the last month is clipped',
      '2026-01-01',
      '2026-10-11',
      '2026-10-01',
      '2026-11-01',
      ['2026-10-01/2026-10-11 10/31'],
    ],
    ['both in one month', '2026-10-15', '2026-10-16', '2026-10-01', '2026-11-01', ['2026-10-15/2026-10-16 1/31']],
    [
      'an end on the first is no period of its own',
      '2026-09-01',
      '2026-10-01',
      '2026-09-01',
      '2026-12-01',
      ['2026-09-01/2026-10-01 30/30'],
    ],
    ['nothing after the end', '2026-01-01', '2026-10-11', '2026-10-11', '2026-12-01', []],
    [
      'a leap year',
      '2024-01-31',
      null,
      '2024-01-31',
      '2024-03-01',
      ['2024-01-31/2024-02-01 1/31', '2024-02-01/2024-03-01 29/29'],
    ],
    ['no leap year', '2026-02-01', null, '2026-02-01', '2026-03-01', ['2026-02-01/2026-03-01 28/28']],
    [
      'over a year',
      '2025-11-30',
      null,
      '2025-11-01',
      '2026-02-01',
      ['2025-11-30/2025-12-01 1/30', '2025-12-01/2026-01-01 31/31', '2026-01-01/2026-02-01 31/31'],
    ],
  ] as [string, string, string | null, string, string, string[]][])(
    '%s',
    (_name, startsOn, endsOn, after, until, expected) => {
      const periods = periodsEndingIn({ startsOn, endsOn, timeZone: 'Europe/Berlin' }, CALENDAR_MONTHS, after, until);
      expect(periods.map(({ from, to, days, periodDays }) => `${from}/${to} ${days}/${periodDays}`)).toEqual(expected);
    },
  );

  test.each([
    ['Europe/Berlin', '2026-03', 743],
    ['Europe/Berlin', '2026-10', 745],
    ['Australia/Sydney', '2026-04', 721],
    ['Australia/Sydney', '2026-10', 743],
    ['America/New_York', '2026-11', 721],
    // Midnight of 6 September 2026 does not exist in Santiago: the day begins at 01:00.
    ['America/Santiago', '2026-09', 719],
    ['UTC', '2026-03', 744],
  ])('%s %s has %d hours', (timeZone, month, expected) => {
    const [period] = periodsEndingIn(
      { startsOn: '2026-01-01', endsOn: null, timeZone },
      CALENDAR_MONTHS,
      `${month}-02`,
      addDays(`${month}-28`, 5),
    );
    expect(period && hours(period)).toBe(expected);
  });

  test('a day without midnight begins at its first instant', () => {
    const [period] = periodsEndingIn(
      { startsOn: '2026-09-06', endsOn: '2026-09-07', timeZone: 'America/Santiago' },
      CALENDAR_MONTHS,
      '2026-09-01',
      '2026-10-01',
    );
    expect(period).toMatchObject({ serviceFrom: '2026-09-06T04:00:00Z', serviceTo: '2026-09-07T03:00:00Z', days: 1 });
    expect(period && hours(period)).toBe(23);
  });

  const day = fc.integer({ min: 0, max: 4000 }).map((days) => addDays('2020-01-01', days));
  const term = fc
    .tuple(day, fc.option(fc.integer({ min: 1, max: 900 })), fc.constantFrom(...ZONES))
    .map(([startsOn, length, timeZone]) => ({
      startsOn,
      endsOn: length === null ? null : addDays(startsOn, length),
      timeZone,
    }));

  const cycle = fc.record({ interval: fc.constantFrom(...INTERVALS), anchor: fc.option(day) });

  test('periods touch, cover the term from its start, and never lie outside it', () => {
    fc.assert(
      fc.property(term, cycle, fc.integer({ min: 1, max: 900 }), (subscription, cycle, span) => {
        const until = addDays(subscription.startsOn, span);
        const periods = periodsEndingIn(subscription, cycle, subscription.startsOn, until);
        let border = subscription.startsOn;
        for (const period of periods) {
          expect(period.from).toBe(border);
          expect(period.days).toBeGreaterThan(0);
          expect(period.days).toBeLessThanOrEqual(period.periodDays);
          expect(period.periodFrom <= period.from && period.to <= period.periodTo).toBe(true);
          expect(Date.parse(period.serviceFrom)).toBe(startOfLocalDay(period.from, subscription.timeZone));
          expect(Date.parse(period.serviceTo)).toBe(startOfLocalDay(period.to, subscription.timeZone));
          border = period.to;
        }
        // What is left uncovered is a part of a period that has not ended by `until`.
        const limit = subscription.endsOn !== null && subscription.endsOn < until ? subscription.endsOn : until;
        expect(border <= limit).toBe(true);
        if (border < limit) expect(periodAround(border, cycle).to > limit).toBe(true);
        if (subscription.endsOn !== null && subscription.endsOn <= until) expect(border).toBe(subscription.endsOn);
      }),
    );
  });

  test('a term is the same parts, whatever window they are looked for in', () => {
    fc.assert(
      fc.property(term, cycle, fc.nat(400), fc.integer({ min: 1, max: 200 }), (subscription, cycle, skip, span) => {
        const from = addDays(subscription.startsOn, skip);
        const to = addDays(from, span);
        const all = periodsIn(subscription, cycle, subscription.startsOn, to);
        expect(periodsIn(subscription, cycle, from, to)).toEqual(all.filter((period) => period.to > from));
        expect(all.filter((period) => period.to <= to)).toEqual(
          periodsEndingIn(subscription, cycle, subscription.startsOn, to),
        );
      }),
    );
  });

  test('an anchor is kept for ever: its day of the month, or the last one where the month is shorter', () => {
    fc.assert(
      fc.property(day, fc.constantFrom('month', 'quarter', 'year'), day, (anchor, interval, date) => {
        const { from, to } = periodAround(date, { interval, anchor });
        expect(from <= date && date < to).toBe(true);
        for (const border of [from, to]) {
          const [month, last] = [border.slice(0, 8), Number(border.slice(8))];
          const isLastOfMonth = addDays(border, 1).slice(0, 8) !== month;
          expect(isLastOfMonth ? last <= Number(anchor.slice(8)) : last === Number(anchor.slice(8))).toBe(true);
        }
      }),
    );
  });

  test('two windows that touch give together what one gives', () => {
    fc.assert(
      fc.property(
        term,
        cycle,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        (subscription, cycle, a, b) => {
          const start = addDays(subscription.startsOn, -40);
          const [middle, end] = [addDays(start, a), addDays(start, a + b)];
          expect([
            ...periodsEndingIn(subscription, cycle, start, middle),
            ...periodsEndingIn(subscription, cycle, middle, end),
          ]).toEqual(periodsEndingIn(subscription, cycle, start, end));
        },
      ),
    );
  });

  test('a period can be found again by its instants', () => {
    fc.assert(
      fc.property(term, cycle, (subscription, cycle) => {
        const { startsOn, timeZone } = subscription;
        for (const period of periodsEndingIn(subscription, cycle, startsOn, addDays(startsOn, 400)))
          expect(periodBetween(period.serviceFrom, period.serviceTo, timeZone, cycle)).toEqual(period);
      }),
    );
  });
});

test.each([
  ['week', null, '2026-10-14', '2026-10-12', '2026-10-19'],
  ['week', '2026-10-14', '2026-10-13', '2026-10-07', '2026-10-14'],
  ['quarter', null, '2026-10-14', '2026-10-01', '2027-01-01'],
  ['quarter', '2025-11-30', '2026-02-28', '2026-02-28', '2026-05-30'],
  ['year', '2024-02-29', '2026-02-28', '2026-02-28', '2027-02-28'],
  ['year', '2024-02-29', '2028-03-01', '2028-02-29', '2029-02-28'],
  ['month', '2026-01-31', '2026-03-01', '2026-02-28', '2026-03-31'],
  // Before its anchor too: a subscription may begin ahead of it.
  ['month', '2026-01-31', '2025-11-30', '2025-11-30', '2025-12-31'],
  ['day', null, '2026-10-14', '2026-10-14', '2026-10-15'],
] as const)('the %s anchored on %s around %s', (interval, anchor, date, from, to) => {
  expect(periodAround(date, { interval, anchor })).toEqual({ from, to });
});

test('the window of a month', () => {
  expect(windowOfMonth('2026-12')).toEqual({ endsAfter: '2026-12-01', endsUntil: '2027-01-01' });
  expect(() => windowOfMonth('2026-13')).toThrow(RangeError);
});

test('the local date of an instant', () => {
  const instant = Date.parse('2026-10-31T23:30:00Z');
  expect(localDateAt(instant, 'UTC')).toBe('2026-10-31');
  expect(localDateAt(instant, 'Europe/Berlin')).toBe('2026-11-01');
  expect(localDateAt(instant, 'Pacific/Pago_Pago')).toBe('2026-10-31');
});

test('a period that a day borders which its zone left out comes back whole from its instants', () => {
  const cycle = { interval: 'month', anchor: '2011-11-30' } as const;
  const term = { startsOn: '2011-11-30', endsOn: null, timeZone: 'Pacific/Apia' };
  const periods = periodsIn(term, cycle, '2011-11-30', '2012-01-01');
  expect(periods.map(({ from, to }) => [from, to])).toEqual([
    ['2011-11-30', '2011-12-30'],
    ['2011-12-30', '2012-01-30'],
  ]);
  for (const period of periods)
    expect(periodBetween(period.serviceFrom, period.serviceTo, 'Pacific/Apia', cycle)).toEqual(period);
});
