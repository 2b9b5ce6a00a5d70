import { jest, test } from '@jest/globals';
import { callsOf, feeOf, planOf } from '#tests/support/scenario/plans.ts';
import { play } from '#tests/support/scenario/play.ts';

/* What becomes of subscriptions: trials, changes, seats, pauses, ends. Every line of every document stands in a table. */

// A year is some hundred looks of the schedule.
jest.setTimeout(180_000);

const VAT = { key: 'vat', name: 'VAT', percent: '19', inclusive: false, valid_from: '2020-01-01' };

test('a trial over the end of a month, with usage that is billed and usage that is free', () =>
  play(
    '2024-01-25T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('pro', [feeOf('29'), callsOf()]));
      await story.customer('billed');
      await story.customer('free');
      await story.subscribe('billed', 'pro', '2024-01-25', { trial_days: 14 });
      await story.subscribe('free', 'pro', '2024-01-25', { trial_days: 14, trial_usage: 'free' });
      for (const [time, quantity] of [
        ['2024-01-28T09:00:00Z', '100'],
        ['2024-02-07T23:59:59.999Z', '200'],
        ['2024-02-08T00:00:00Z', '50'],
      ] as const) {
        await story.until(time);
        await story.use('billed', time, quantity);
        await story.use('free', time, quantity);
      }
      await story.until('2024-03-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-02-01 billed 1.00 EUR
  calls 2024-01-25..2024-02-01 × 100 = 1.00
INV-2024-000002 2024-02-08 billed 22.00 EUR
  fee 2024-02-08..2024-03-01 × 1 = 22.00
INV-2024-000003 2024-02-08 free 22.00 EUR
  fee 2024-02-08..2024-03-01 × 1 = 22.00
INV-2024-000004 2024-03-01 billed 31.50 EUR
  calls 2024-02-01..2024-03-01 × 250 = 2.50
  fee 2024-03-01..2024-04-01 × 1 = 29.00
INV-2024-000005 2024-03-01 free 29.50 EUR
  calls 2024-02-08..2024-03-01 × 50 = 0.50
  fee 2024-03-01..2024-04-01 × 1 = 29.00
`,
  ));

test('another plan in mid month, up and down: fees in advance are given back at their tax', () =>
  play(
    '2024-03-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.post('/v1/tax-rates', VAT);
      await story.patch('/v1/organization', { tax_rates: ['vat'] });
      await story.plan(planOf('small', [feeOf('31'), callsOf('0.02')]));
      await story.plan(planOf('large', [feeOf('62'), callsOf('0.01')]));
      await story.customer('acme');
      const { change } = await story.subscribe('acme', 'small', '2024-03-01');
      await story.until('2024-03-10T09:00:00Z');
      await story.use('acme', '2024-03-10T09:00:00Z', '500');
      await story.until('2024-03-11T09:00:00Z');
      await story.use('acme', '2024-03-11T08:00:00Z', '300');
      await change({ plan: 'large', when: 'now' });
      await story.until('2024-03-21T09:00:00Z');
      await change({ plan: 'small', when: 'now' });
      await story.until('2024-03-25T09:00:00Z');
      await story.use('acme', '2024-03-25T09:00:00Z', '40');
      await story.until('2024-04-05T09:00:00Z');
      await change({ plan: 'large', when: 'period_end' });
      await story.until('2024-05-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-03-01 acme 36.89 EUR
  fee 2024-03-01..2024-04-01 × 1 = 31.00
  + VAT 19% of 31.00 5.89
INV-2024-000002 2024-03-11 acme 61.88 EUR
  calls 2024-03-01..2024-03-11 × 500 = 10.00
  fee 2024-03-11..2024-04-01 × 1 = 42.00
  + VAT 19% of 52.00 9.88
CN-2024-000001 2024-03-11 acme -24.99 EUR corrects INV-2024-000001
  fee 2024-03-11..2024-04-01 × 1 = -21.00
  + VAT 19% of -21.00 -3.99
  offset 24.99
INV-2024-000003 2024-03-21 acme 16.66 EUR
  calls 2024-03-11..2024-03-21 × 300 = 3.00
  fee 2024-03-21..2024-04-01 × 1 = 11.00
  + VAT 19% of 14.00 2.66
CN-2024-000002 2024-03-21 acme -26.18 EUR corrects INV-2024-000002
  fee 2024-03-21..2024-04-01 × 1 = -22.00
  + VAT 19% of -22.00 -4.18
  offset 26.18
INV-2024-000004 2024-04-01 acme 37.84 EUR
  calls 2024-03-21..2024-04-01 × 40 = 0.80
  fee 2024-04-01..2024-05-01 × 1 = 31.00
  + VAT 19% of 31.80 6.04
INV-2024-000005 2024-05-01 acme 73.78 EUR
  calls 2024-04-01..2024-05-01 × 0 = 0.00
  fee 2024-05-01..2024-06-01 × 1 = 62.00
  + VAT 19% of 62.00 11.78
`,
  ));

test('ends, a pause, and seats that come and go', () =>
  play(
    '2024-03-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      const seats = { key: 'seats', quantity: 'seats', billing: 'in_advance' };
      await story.plan(planOf('pro', [feeOf('31'), callsOf()]));
      await story.plan(planOf('team', [{ ...seats, price: { model: 'per_unit', unit_amount: '9.30' } }]));
      for (const key of ['leaves now', 'leaves later', 'pauses', 'team']) await story.customer(key.replace(' ', '-'));
      const leavesNow = await story.subscribe('leaves-now', 'pro', '2024-03-01');
      const leavesLater = await story.subscribe('leaves-later', 'pro', '2024-03-01');
      const pauses = await story.subscribe('pauses', 'pro', '2024-03-01');
      const team = await story.subscribe('team', 'team', '2024-03-01', { quantities: { seats: '5' } });
      await story.until('2024-03-09T09:00:00Z');
      for (const key of ['leaves-now', 'leaves-later', 'pauses']) await story.use(key, '2024-03-09T09:00:00Z', '100');
      await story.until('2024-03-10T09:00:00Z');
      await leavesNow.cancel('now');
      await leavesLater.cancel('period_end');
      await pauses.pause();
      await team.change({ quantities: { seats: '8' }, when: 'now' });
      await story.until('2024-03-15T09:00:00Z');
      // Of a paused day, and of days behind the end: recorded, never billed.
      for (const key of ['leaves-now', 'pauses']) await story.use(key, '2024-03-15T09:00:00Z', '1000');
      await story.until('2024-03-20T09:00:00Z');
      await pauses.resume();
      await team.change({ quantities: { seats: '3' }, when: 'now' });
      await story.until('2024-03-22T09:00:00Z');
      for (const key of ['leaves-later', 'pauses']) await story.use(key, '2024-03-22T09:00:00Z', '10');
      await story.until('2024-05-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-03-01 leaves-now 31.00 EUR
  fee 2024-03-01..2024-04-01 × 1 = 31.00
INV-2024-000002 2024-03-01 leaves-later 31.00 EUR
  fee 2024-03-01..2024-04-01 × 1 = 31.00
INV-2024-000003 2024-03-01 pauses 31.00 EUR
  fee 2024-03-01..2024-04-01 × 1 = 31.00
INV-2024-000004 2024-03-01 team 46.50 EUR
  seats 2024-03-01..2024-04-01 × 5 = 46.50
INV-2024-000005 2024-03-10 pauses 1.00 EUR
  calls 2024-03-01..2024-03-10 × 100 = 1.00
INV-2024-000006 2024-03-10 team 52.80 EUR
  seats 2024-03-10..2024-04-01 × 8 = 52.80
CN-2024-000001 2024-03-10 pauses -22.00 EUR corrects INV-2024-000003
  fee 2024-03-10..2024-04-01 × 1 = -22.00
  offset 22.00
CN-2024-000002 2024-03-10 team -33.00 EUR corrects INV-2024-000004
  seats 2024-03-10..2024-04-01 × 1 = -33.00
  offset 33.00
INV-2024-000007 2024-03-11 leaves-now 1.00 EUR
  calls 2024-03-01..2024-03-11 × 100 = 1.00
CN-2024-000003 2024-03-11 leaves-now -21.00 EUR corrects INV-2024-000001
  fee 2024-03-11..2024-04-01 × 1 = -21.00
  offset 21.00
INV-2024-000008 2024-03-20 pauses 12.00 EUR
  fee 2024-03-20..2024-04-01 × 1 = 12.00
INV-2024-000009 2024-03-20 team 10.80 EUR
  seats 2024-03-20..2024-04-01 × 3 = 10.80
CN-2024-000004 2024-03-20 team -28.80 EUR corrects INV-2024-000006
  seats 2024-03-20..2024-04-01 × 1 = -28.80
  offset 28.80
INV-2024-000010 2024-04-01 leaves-later 1.10 EUR
  calls 2024-03-01..2024-04-01 × 110 = 1.10
INV-2024-000011 2024-04-01 pauses 31.10 EUR
  calls 2024-03-20..2024-04-01 × 10 = 0.10
  fee 2024-04-01..2024-05-01 × 1 = 31.00
INV-2024-000012 2024-04-01 team 27.90 EUR
  seats 2024-04-01..2024-05-01 × 3 = 27.90
INV-2024-000013 2024-05-01 pauses 31.00 EUR
  calls 2024-04-01..2024-05-01 × 0 = 0.00
  fee 2024-05-01..2024-06-01 × 1 = 31.00
INV-2024-000014 2024-05-01 team 27.90 EUR
  seats 2024-05-01..2024-06-01 × 3 = 27.90
`,
  ));
