import { jest, test } from '@jest/globals';
import { callsOf, feeOf, planOf } from '#tests/support/scenario/plans.ts';
import { play } from '#tests/support/scenario/play.ts';

/* Clocks that do what clocks rarely do, just where a period begins. Of an hour that comes twice both are of the period that begins with the first. */

jest.setTimeout(180_000);

type Tale = Parameters<Parameters<typeof play>[2]>[0];

/** Usage at instants, each with a quantity that shows where it went. */
async function useAt(story: Tale, customer: string, uses: readonly (readonly [string, string])[]) {
  for (const [time, quantity] of uses) {
    await story.until(time);
    await story.use(customer, time, quantity);
  }
}

const monthly = planOf('pro', [feeOf('30', { billing: 'in_arrears' }), callsOf('1')]);

test('midnight comes twice on the first of November 2009 in Newfoundland', () =>
  play(
    '2009-10-01T15:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(monthly);
      await story.customer('st-johns', 'America/St_Johns');
      await story.subscribe('st-johns', 'pro', '2009-10-01');
      await useAt(story, 'st-johns', [
        ['2009-11-01T02:29:59.999Z', '1'],
        ['2009-11-01T02:30:00.000Z', '10'],
        // One minute later it is 31 October, 23:01, again.
        ['2009-11-01T02:31:00.000Z', '100'],
        ['2009-11-01T03:29:59.999Z', '1000'],
        ['2009-11-01T03:30:00.000Z', '10000'],
        ['2009-12-01T03:29:59.999Z', '1'],
        ['2009-12-01T03:30:00.000Z', '10'],
      ]);
      await story.until('2009-12-02T15:00:00Z');
    },
    `
INV-2009-000001 2009-11-01 st-johns 31.00 EUR
  fee 2009-10-01..2009-11-01 × 1 = 30.00
  calls 2009-10-01..2009-11-01 × 1 = 1.00
INV-2009-000002 2009-12-01 st-johns 11141.00 EUR
  fee 2009-11-01..2009-12-01 × 1 = 30.00
  calls 2009-11-01..2009-12-01 × 11111 = 11111.00
`,
  ));

test('the first hour of November 2020 comes twice in Havana', () =>
  play(
    '2020-10-01T15:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(monthly);
      await story.customer('havana', 'America/Havana');
      await story.subscribe('havana', 'pro', '2020-10-01');
      await useAt(story, 'havana', [
        ['2020-11-01T03:59:59.999Z', '1'],
        ['2020-11-01T04:00:00.000Z', '10'],
        ['2020-11-01T05:00:00.000Z', '100'],
        ['2020-12-01T04:59:59.999Z', '1000'],
        ['2020-12-01T05:00:00.000Z', '1'],
      ]);
      await story.until('2020-12-02T15:00:00Z');
    },
    `
INV-2020-000001 2020-11-01 havana 31.00 EUR
  fee 2020-10-01..2020-11-01 × 1 = 30.00
  calls 2020-10-01..2020-11-01 × 1 = 1.00
INV-2020-000002 2020-12-01 havana 1140.00 EUR
  fee 2020-11-01..2020-12-01 × 1 = 30.00
  calls 2020-11-01..2020-12-01 × 1110 = 1110.00
`,
  ));

test('12:45 and 5:45 ahead of UTC, with weeks, an anchor, and clocks that go back on the first of April 2018', () =>
  play(
    '2018-03-15T06:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(monthly);
      await story.plan(planOf('weekly', [feeOf('7', { billing: 'in_arrears' }), callsOf('1')], { interval: 'week' }));
      await story.customer('chatham', 'Pacific/Chatham');
      await story.subscribe('chatham', 'weekly', '2018-03-26');
      await story.customer('kathmandu', 'Asia/Kathmandu');
      await story.subscribe('kathmandu', 'pro', '2018-03-15', { anchor: 'anniversary' });
      await useAt(story, 'chatham', [
        // 26 March, 00:00 at +13:45.
        ['2018-03-25T10:15:00.000Z', '1'],
        // 1 April, 02:45 comes twice.
        ['2018-03-31T13:00:00.000Z', '10'],
        ['2018-03-31T14:00:00.000Z', '100'],
        // 2 April, 00:00 at +12:45.
        ['2018-04-01T11:14:59.999Z', '1000'],
        ['2018-04-01T11:15:00.000Z', '1'],
      ]);
      await useAt(story, 'kathmandu', [
        ['2018-04-14T18:14:59.999Z', '5'],
        ['2018-04-14T18:15:00.000Z', '50'],
      ]);
      await story.until('2018-04-15T15:00:00Z');
    },
    `
INV-2018-000001 2018-04-02 chatham 1118.00 EUR
  fee 2018-03-26..2018-04-02 × 1 = 7.00
  calls 2018-03-26..2018-04-02 × 1111 = 1111.00
INV-2018-000002 2018-04-09 chatham 8.00 EUR
  fee 2018-04-02..2018-04-09 × 1 = 7.00
  calls 2018-04-02..2018-04-09 × 1 = 1.00
INV-2018-000003 2018-04-15 kathmandu 35.00 EUR
  fee 2018-03-15..2018-04-15 × 1 = 30.00
  calls 2018-03-15..2018-04-15 × 5 = 5.00
`,
  ));

test('a month that would begin on the day that Samoa left out, and a period for each day', () =>
  play(
    '2011-11-30T15:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(monthly);
      await story.plan(planOf('daily', [feeOf('1', { billing: 'in_arrears' }), callsOf('1')], { interval: 'day' }));
      await story.customer('anchored', 'Pacific/Apia');
      await story.subscribe('anchored', 'pro', '2011-11-30', { anchor: 'anniversary' });
      await story.until('2011-12-28T15:00:00Z');
      await story.customer('daily', 'Pacific/Apia');
      await story.subscribe('daily', 'daily', '2011-12-28', { ends_on: '2012-01-02' });
      for (const [time, quantity] of [
        ['2011-12-30T09:59:59.999Z', '1'],
        ['2011-12-30T10:00:00.000Z', '10'],
      ] as const)
        for (const key of ['anchored', 'daily']) await useAt(story, key, [[time, quantity]]);
      await story.until('2012-01-30T15:00:00Z');
    },
    // The table shows dates of instants: what ends with the 30th ends where the 31st begins.
    `
INV-2011-000001 2011-12-29 daily 1.00 EUR
  fee 2011-12-28..2011-12-29 × 1 = 1.00
  calls 2011-12-28..2011-12-29 × 0 = 0.00
INV-2011-000002 2011-12-30 anchored 31.00 EUR
  fee 2011-11-30..2011-12-31 × 1 = 30.00
  calls 2011-11-30..2011-12-31 × 1 = 1.00
INV-2011-000003 2011-12-30 daily 2.00 EUR
  fee 2011-12-29..2011-12-31 × 1 = 1.00
  calls 2011-12-29..2011-12-31 × 1 = 1.00
INV-2011-000004 2011-12-31 daily 11.00 EUR
  fee 2011-12-31..2012-01-01 × 1 = 1.00
  calls 2011-12-31..2012-01-01 × 10 = 10.00
INV-2012-000001 2012-01-01 daily 1.00 EUR
  fee 2012-01-01..2012-01-02 × 1 = 1.00
  calls 2012-01-01..2012-01-02 × 0 = 0.00
INV-2012-000002 2012-01-29 anchored 40.00 EUR
  fee 2011-12-31..2012-01-30 × 1 = 30.00
  calls 2011-12-31..2012-01-30 × 10 = 10.00
`,
  ));
