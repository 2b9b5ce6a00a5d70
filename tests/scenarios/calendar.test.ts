import { jest, test } from '@jest/globals';
import { callsOf, feeOf, planOf } from '#tests/support/scenario/plans.ts';
import { play } from '#tests/support/scenario/play.ts';
import { sameShape } from '#tests/support/scenario/same-shape.ts';

/* Where periods begin and end: anchors, intervals, time zones. Every line of every document stands in a table. */

// A year is some hundred looks of the schedule.
jest.setTimeout(180_000);

const ANNIVERSARY = { anchor: 'anniversary' };

test('anchors on the 31st and on 29 February, month by month through more than a year', () =>
  play(
    '2024-01-31T09:00:00Z',
    {},
    async (story) => {
      await story.plan(planOf('basic', [feeOf('10', { billing: 'in_arrears' })]));
      await story.customer('last-day');
      await story.customer('leap-day');
      await story.subscribe('last-day', 'basic', '2024-01-31', ANNIVERSARY);
      await story.until('2024-02-29T09:00:00Z');
      await story.subscribe('leap-day', 'basic', '2024-02-29', ANNIVERSARY);
      await story.until('2025-03-30T09:00:00Z');
    },
    sameShape(
      [
        ['2024-02-29', 'last-day', '2024-01-31', '2024-02-29'],
        ['2024-03-29', 'leap-day', '2024-02-29', '2024-03-29'],
        ['2024-03-31', 'last-day', '2024-02-29', '2024-03-31'],
        ['2024-04-29', 'leap-day', '2024-03-29', '2024-04-29'],
        ['2024-04-30', 'last-day', '2024-03-31', '2024-04-30'],
        ['2024-05-29', 'leap-day', '2024-04-29', '2024-05-29'],
        ['2024-05-31', 'last-day', '2024-04-30', '2024-05-31'],
        ['2024-06-29', 'leap-day', '2024-05-29', '2024-06-29'],
        ['2024-06-30', 'last-day', '2024-05-31', '2024-06-30'],
        ['2024-07-29', 'leap-day', '2024-06-29', '2024-07-29'],
        ['2024-07-31', 'last-day', '2024-06-30', '2024-07-31'],
        ['2024-08-29', 'leap-day', '2024-07-29', '2024-08-29'],
        ['2024-08-31', 'last-day', '2024-07-31', '2024-08-31'],
        ['2024-09-29', 'leap-day', '2024-08-29', '2024-09-29'],
        ['2024-09-30', 'last-day', '2024-08-31', '2024-09-30'],
        ['2024-10-29', 'leap-day', '2024-09-29', '2024-10-29'],
        ['2024-10-31', 'last-day', '2024-09-30', '2024-10-31'],
        ['2024-11-29', 'leap-day', '2024-10-29', '2024-11-29'],
        ['2024-11-30', 'last-day', '2024-10-31', '2024-11-30'],
        ['2024-12-29', 'leap-day', '2024-11-29', '2024-12-29'],
        ['2024-12-31', 'last-day', '2024-11-30', '2024-12-31'],
        ['2025-01-29', 'leap-day', '2024-12-29', '2025-01-29'],
        ['2025-01-31', 'last-day', '2024-12-31', '2025-01-31'],
        ['2025-02-28', 'last-day', '2025-01-31', '2025-02-28'],
        ['2025-02-28', 'leap-day', '2025-01-29', '2025-02-28'],
        ['2025-03-29', 'leap-day', '2025-02-28', '2025-03-29'],
      ],
      (service) => ['10.00 EUR', `fee ${service} × 1 = 10.00`],
    ),
  ));

test('a yearly fee with usage month by month from 29 February on, by quarters, and by weeks', () =>
  play(
    '2024-02-29T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('yearly', [feeOf('366'), callsOf('0.5', { every: 'month' })], { interval: 'year' }));
      await story.plan(planOf('quarterly', [feeOf('91', { billing: 'in_arrears' })], { interval: 'quarter' }));
      await story.plan(planOf('weekly', [feeOf('7')], { interval: 'week' }));
      for (const key of ['yearly', 'quarterly', 'weekly']) await story.customer(key);
      await story.subscribe('yearly', 'yearly', '2024-02-29', ANNIVERSARY);
      // 1 March 2024 was a Friday.
      await story.subscribe('quarterly', 'quarterly', '2024-03-01');
      const weekly = await story.subscribe('weekly', 'weekly', '2024-03-01');
      for (const time of ['2024-03-28T23:59:59.999Z', '2024-03-29T00:00:00Z', '2024-05-28T10:00:00Z'] as const) {
        await story.until(time);
        await story.use('yearly', time, '3');
        if (time === '2024-03-29T00:00:00Z') await weekly.cancel('now');
      }
      await story.until('2025-03-01T09:00:00Z');
    },
    `
INV-2024-000001 2024-02-29 yearly 366.00 EUR
  fee 2024-02-29..2025-02-28 × 1 = 366.00
INV-2024-000002 2024-03-01 weekly 3.00 EUR
  fee 2024-03-01..2024-03-04 × 1 = 3.00
INV-2024-000003 2024-03-04 weekly 7.00 EUR
  fee 2024-03-04..2024-03-11 × 1 = 7.00
INV-2024-000004 2024-03-11 weekly 7.00 EUR
  fee 2024-03-11..2024-03-18 × 1 = 7.00
INV-2024-000005 2024-03-18 weekly 7.00 EUR
  fee 2024-03-18..2024-03-25 × 1 = 7.00
INV-2024-000006 2024-03-25 weekly 7.00 EUR
  fee 2024-03-25..2024-04-01 × 1 = 7.00
INV-2024-000007 2024-03-29 yearly 1.50 EUR
  calls 2024-02-29..2024-03-29 × 3 = 1.50
CN-2024-000001 2024-03-30 weekly -2.00 EUR corrects INV-2024-000006
  fee 2024-03-30..2024-04-01 × 1 = -2.00
  offset 2.00
INV-2024-000008 2024-04-01 quarterly 31.00 EUR
  fee 2024-03-01..2024-04-01 × 1 = 31.00
INV-2024-000009 2024-04-29 yearly 1.50 EUR
  calls 2024-03-29..2024-04-29 × 3 = 1.50
INV-2024-000010 2024-05-29 yearly 1.50 EUR
  calls 2024-04-29..2024-05-29 × 3 = 1.50
INV-2024-000011 2024-07-01 quarterly 91.00 EUR
  fee 2024-04-01..2024-07-01 × 1 = 91.00
INV-2024-000012 2024-10-01 quarterly 91.00 EUR
  fee 2024-07-01..2024-10-01 × 1 = 91.00
INV-2025-000001 2025-01-01 quarterly 91.00 EUR
  fee 2024-10-01..2025-01-01 × 1 = 91.00
INV-2025-000002 2025-02-28 yearly 366.00 EUR
  calls 2025-01-29..2025-02-28 × 0 = 0.00
  fee 2025-02-28..2026-02-28 × 1 = 366.00
`,
  ));

test('two subscriptions of one customer, with anchors and currencies of their own', () =>
  play(
    '2024-01-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.meter('gigabytes');
      const gigabytes = { key: 'gb', meter: 'gigabytes', price: { model: 'package', size: '10', amount: '100' } };
      await story.plan(planOf('api', [feeOf('31'), callsOf()]));
      await story.plan(planOf('store', [feeOf('3100'), gigabytes], { currency: 'JPY' }));
      await story.plan(planOf('desk', [feeOf('15', { key: 'desk', billing: 'in_arrears' })]));
      await story.customer('acme');
      await story.subscribe('acme', 'api', '2024-01-01');
      await story.until('2024-01-15T09:00:00Z');
      await story.subscribe('acme', 'store', '2024-01-15', ANNIVERSARY);
      await story.subscribe('acme', 'desk', '2024-01-15');
      for (const time of ['2024-01-31T12:30:00Z', '2024-02-10T12:00:00Z', '2024-02-20T12:00:00Z']) {
        await story.until(time);
        await story.use('acme', time, '150');
        await story.use('acme', time, '11', 'gigabytes');
      }
      await story.until('2024-03-16T09:00:00Z');
    },
    `
INV-2024-000001 2024-01-01 acme 31.00 EUR
  fee 2024-01-01..2024-02-01 × 1 = 31.00
INV-2024-000002 2024-01-15 acme 3100 JPY
  fee 2024-01-15..2024-02-15 × 1 = 3100
INV-2024-000003 2024-02-01 acme 40.73 EUR
  calls 2024-01-01..2024-02-01 × 150 = 1.50
  fee 2024-02-01..2024-03-01 × 1 = 31.00
  desk 2024-01-15..2024-02-01 × 1 = 8.23
INV-2024-000004 2024-02-15 acme 3400 JPY
  gb 2024-01-15..2024-02-15 × 22 = 300
  fee 2024-02-15..2024-03-15 × 1 = 3100
INV-2024-000005 2024-03-01 acme 49.00 EUR
  calls 2024-02-01..2024-03-01 × 300 = 3.00
  fee 2024-03-01..2024-04-01 × 1 = 31.00
  desk 2024-02-01..2024-03-01 × 1 = 15.00
INV-2024-000006 2024-03-15 acme 3300 JPY
  gb 2024-02-15..2024-03-15 × 11 = 200
  fee 2024-03-15..2024-04-15 × 1 = 3100
`,
  ));

/** Zones of one story, each with the first instant of a month there. */
async function useAtBorders(story: Parameters<Parameters<typeof play>[2]>[0], borders: readonly (readonly string[])[]) {
  const uses = borders
    .flatMap(([key, , ...firsts]) => firsts.map((first) => ({ key: key as string, first: Date.parse(first) })))
    .sort((one, other) => one.first - other.first);
  for (const { key, first } of uses) {
    const [before, at] = [first - 1, first].map((instant) => new Date(instant).toISOString()) as [string, string];
    await story.until(before);
    await story.use(key, before, '1');
    await story.until(at);
    await story.use(key, at, '10');
  }
}

test('zones on both sides of UTC, off by 30 and 45 minutes, and clock changes on the first of a month', () =>
  play(
    '2023-09-01T15:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('pro', [feeOf('30', { billing: 'in_arrears' }), callsOf('1')]));
      const borders = [
        ['kiritimati', 'Pacific/Kiritimati', '2023-09-30T10:00:00Z', '2023-10-31T10:00:00Z'],
        ['apia', 'Pacific/Apia', '2023-09-30T11:00:00Z', '2023-10-31T11:00:00Z'],
        // Half an hour forward on 1 October at 2.
        ['lord-howe', 'Australia/Lord_Howe', '2023-09-30T13:30:00Z', '2023-10-31T13:00:00Z'],
        ['kathmandu', 'Asia/Kathmandu', '2023-09-30T18:15:00Z', '2023-10-31T18:15:00Z'],
        ['kolkata', 'Asia/Kolkata', '2023-09-30T18:30:00Z', '2023-10-31T18:30:00Z'],
        // 1 October begins at 1: midnight does not exist.
        ['asuncion', 'America/Asuncion', '2023-10-01T04:00:00Z', '2023-11-01T03:00:00Z'],
        ['st-johns', 'America/St_Johns', '2023-10-01T02:30:00Z', '2023-11-01T02:30:00Z'],
        ['pago-pago', 'Pacific/Pago_Pago', '2023-10-01T11:00:00Z', '2023-11-01T11:00:00Z'],
      ] as const;
      for (const [key, timeZone] of borders) {
        await story.customer(key, timeZone);
        await story.subscribe(key, 'pro', '2023-09-01');
      }
      await useAtBorders(story, borders);
      await story.until('2023-11-02T15:00:00Z');
    },
    sameShape(
      [
        ['2023-09-30', 'kiritimati', '2023-09-01', '2023-10-01'],
        ['2023-09-30', 'apia', '2023-09-01', '2023-10-01'],
        ['2023-10-01', 'lord-howe', '2023-09-01', '2023-10-01'],
        ['2023-10-01', 'kathmandu', '2023-09-01', '2023-10-01'],
        ['2023-10-01', 'kolkata', '2023-09-01', '2023-10-01'],
        ['2023-10-01', 'asuncion', '2023-09-01', '2023-10-01'],
        ['2023-10-01', 'st-johns', '2023-09-01', '2023-10-01'],
        ['2023-10-01', 'pago-pago', '2023-09-01', '2023-10-01'],
        ['2023-10-31', 'kiritimati', '2023-10-01', '2023-11-01'],
        ['2023-10-31', 'apia', '2023-10-01', '2023-11-01'],
        ['2023-11-01', 'lord-howe', '2023-10-01', '2023-11-01'],
        ['2023-11-01', 'kathmandu', '2023-10-01', '2023-11-01'],
        ['2023-11-01', 'kolkata', '2023-10-01', '2023-11-01'],
        ['2023-11-01', 'asuncion', '2023-10-01', '2023-11-01'],
        ['2023-11-01', 'st-johns', '2023-10-01', '2023-11-01'],
        ['2023-11-01', 'pago-pago', '2023-10-01', '2023-11-01'],
      ],
      (service) =>
        service.startsWith('2023-09')
          ? ['31.00 EUR', `fee ${service} × 1 = 30.00`, `calls ${service} × 1 = 1.00`]
          : ['41.00 EUR', `fee ${service} × 1 = 30.00`, `calls ${service} × 11 = 11.00`],
    ),
  ));

test('clocks go back on the first of a month', () =>
  play(
    '2018-03-01T15:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('pro', [feeOf('30'), callsOf('1')]));
      const borders = [
        // Half an hour back on 1 April at 2.
        ['lord-howe', 'Australia/Lord_Howe', '2018-03-31T13:00:00Z', '2018-04-30T13:30:00Z'],
        ['st-johns', 'America/St_Johns', '2018-04-01T02:30:00Z', '2018-05-01T02:30:00Z'],
      ] as const;
      for (const [key, timeZone] of borders) {
        await story.customer(key, timeZone);
        await story.subscribe(key, 'pro', '2018-03-01');
      }
      await useAtBorders(story, borders);
      await story.until('2018-05-02T15:00:00Z');
    },
    `
INV-2018-000001 2018-03-02 lord-howe 30.00 EUR
  fee 2018-03-01..2018-04-01 × 1 = 30.00
INV-2018-000002 2018-03-02 st-johns 30.00 EUR
  fee 2018-03-01..2018-04-01 × 1 = 30.00
INV-2018-000003 2018-04-01 lord-howe 31.00 EUR
  calls 2018-03-01..2018-04-01 × 1 = 1.00
  fee 2018-04-01..2018-05-01 × 1 = 30.00
INV-2018-000004 2018-04-01 st-johns 31.00 EUR
  calls 2018-03-01..2018-04-01 × 1 = 1.00
  fee 2018-04-01..2018-05-01 × 1 = 30.00
INV-2018-000005 2018-05-01 lord-howe 41.00 EUR
  calls 2018-04-01..2018-05-01 × 11 = 11.00
  fee 2018-05-01..2018-06-01 × 1 = 30.00
INV-2018-000006 2018-05-01 st-johns 41.00 EUR
  calls 2018-04-01..2018-05-01 × 11 = 11.00
  fee 2018-05-01..2018-06-01 × 1 = 30.00
`,
  ));

test('Samoa leaves a day out, 30 December 2011: the month has its 31 dates all the same', () =>
  play(
    '2011-12-01T15:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('pro', [feeOf('31', { billing: 'in_arrears' }), callsOf('1')]));
      await story.customer('apia', 'Pacific/Apia');
      await story.subscribe('apia', 'pro', '2011-12-01');
      // From UTC−10 to UTC+14: the 29th ends where the 31st begins.
      await useAtBorders(story, [['apia', '', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z']]);
      await story.until('2012-01-02T15:00:00Z');
    },
    `
INV-2011-000001 2011-12-31 apia 43.00 EUR
  fee 2011-12-01..2012-01-01 × 1 = 31.00
  calls 2011-12-01..2012-01-01 × 12 = 12.00
`,
  ));
