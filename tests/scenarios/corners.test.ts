import { jest, test } from '@jest/globals';
import { callsOf, feeOf, planOf } from '#tests/support/scenario/plans.ts';
import { play } from '#tests/support/scenario/play.ts';

/* Where several things meet. Every line of every document stands in a table. */

// A year is some hundred looks of the schedule.
jest.setTimeout(180_000);

test('a paid fee with tax contained and a coupon is given back, and pays for what replaces it on the same day', () =>
  play(
    '2024-05-01T09:00:00Z',
    {},
    async (story) => {
      const vat = { key: 'vat', name: 'VAT', percent: '20', inclusive: true, valid_from: '2020-01-01' };
      await story.post('/v1/tax-rates', vat);
      await story.patch('/v1/organization', { tax_rates: ['vat'] });
      await story.plan(planOf('large', [feeOf('99.99')]));
      await story.plan(planOf('small', [feeOf('33.33')]));
      await story.post('/v1/coupons', { key: 'friend', name: 'Friend', percent: '10', duration: 'forever' });
      await story.customer('acme');
      await story.post('/v1/customers/acme/discounts', { coupon: 'friend', starts_on: '2024-05-01' });
      const { change } = await story.subscribe('acme', 'large', '2024-05-01');
      await story.until('2024-05-02T09:00:00Z');
      const invoice = (await story.documents())[0];
      const paid = { invoice: invoice?.id, currency: 'EUR', amount: invoice?.total, method: 'card' };
      await story.post('/v1/payments', { ...paid, received_on: '2024-05-02' });
      await story.until('2024-05-20T09:00:00Z');
      await change({ plan: 'small', when: 'now' });
      await story.until('2024-07-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-05-01 acme 89.99 EUR
  fee 2024-05-01..2024-06-01 × 1 = 99.99
  − Friend 10.00
  + VAT 20% of 74.99 15.00
INV-2024-000002 2024-05-20 acme 11.61 EUR
  fee 2024-05-20..2024-06-01 × 1 = 12.90
  − Friend 1.29
  + VAT 20% of 9.67 1.94
  credit 11.61, due 0.00
CN-2024-000001 2024-05-20 acme -34.83 EUR corrects INV-2024-000001
  fee 2024-05-20..2024-06-01 × 1 = -38.70
  + VAT 20% of -29.02 -5.81
  credit 34.83
INV-2024-000003 2024-06-01 acme 30.00 EUR
  fee 2024-06-01..2024-07-01 × 1 = 33.33
  − Friend 3.33
  + VAT 20% of 25.00 5.00
  credit 23.22, due 6.78
INV-2024-000004 2024-07-01 acme 30.00 EUR
  fee 2024-07-01..2024-08-01 × 1 = 33.33
  − Friend 3.33
  + VAT 20% of 25.00 5.00
`,
  ));

test('volume tiers with a minimum begin anew with another plan; changes meet on one day, in a trial and in a pause', () =>
  play(
    '2024-05-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      const tiers = [
        { up_to: '100', unit_amount: '0.10' },
        { up_to: null, unit_amount: '0.05' },
      ];
      const calls = { key: 'calls', meter: 'calls', price: { model: 'volume', tiers }, minimum_amount: '6.20' };
      await story.plan(planOf('volume', [calls]));
      await story.plan(planOf('volume-too', [calls, feeOf('3.10')]));
      await story.plan(planOf('pro', [feeOf('31'), callsOf()]));
      await story.plan(planOf('max', [feeOf('62'), callsOf()]));
      for (const key of ['tiers', 'same-day', 'in-trial', 'paused', 'later']) await story.customer(key);
      const tiered = await story.subscribe('tiers', 'volume', '2024-05-01');
      const sameDay = await story.subscribe('same-day', 'pro', '2024-05-01');
      const inTrial = await story.subscribe('in-trial', 'pro', '2024-05-01', { trial_days: 10 });
      const paused = await story.subscribe('paused', 'pro', '2024-05-01');
      await story.subscribe('later', 'max', '2024-06-10');
      await story.until('2024-05-06T09:00:00Z');
      await inTrial.change({ plan: 'max', when: 'now' });
      await story.use('tiers', '2024-05-06T09:00:00Z', '100.5');
      await story.until('2024-05-11T09:00:00Z');
      await tiered.change({ plan: 'volume-too', when: 'now' });
      // Up, down and out: what counts is what the day ends with.
      await sameDay.change({ plan: 'max', when: 'now' });
      await story.until('2024-05-11T13:00:00Z');
      await sameDay.change({ plan: 'pro', when: 'now' });
      await sameDay.cancel('now');
      await story.use('tiers', '2024-05-11T13:00:00Z', '50');
      await story.until('2024-05-25T09:00:00Z');
      await paused.pause();
      await story.until('2024-06-06T09:00:00Z');
      await paused.change({ plan: 'max', when: 'now' });
      await story.until('2024-06-11T09:00:00Z');
      await paused.resume();
      await story.until('2024-07-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-05-01 same-day 31.00 EUR
  fee 2024-05-01..2024-06-01 × 1 = 31.00
INV-2024-000002 2024-05-01 paused 31.00 EUR
  fee 2024-05-01..2024-06-01 × 1 = 31.00
INV-2024-000003 2024-05-11 tiers 7.13 EUR
  calls 2024-05-01..2024-05-11 × 100.5 = 5.03
  fee 2024-05-11..2024-06-01 × 1 = 2.10
INV-2024-000004 2024-05-11 same-day 42.00 EUR
  calls 2024-05-01..2024-05-11 × 0 = 0.00
  fee 2024-05-11..2024-06-01 × 1 = 42.00
INV-2024-000005 2024-05-11 in-trial 42.00 EUR
  fee 2024-05-11..2024-06-01 × 1 = 42.00
CN-2024-000001 2024-05-11 same-day -21.00 EUR corrects INV-2024-000001
  fee 2024-05-11..2024-06-01 × 1 = -21.00
  offset 21.00
INV-2024-000006 2024-05-12 same-day 1.00 EUR
  fee 2024-05-11..2024-05-12 × 1 = 1.00
CN-2024-000002 2024-05-12 same-day -42.00 EUR corrects INV-2024-000004
  fee 2024-05-11..2024-06-01 × 1 = -42.00
  offset 42.00
CN-2024-000003 2024-05-25 paused -7.00 EUR corrects INV-2024-000002
  fee 2024-05-25..2024-06-01 × 1 = -7.00
  offset 7.00
INV-2024-000007 2024-06-01 tiers 8.10 EUR
  calls 2024-05-11..2024-06-01 × 50 = 5.00
  fee 2024-06-01..2024-07-01 × 1 = 3.10
INV-2024-000008 2024-06-01 in-trial 62.00 EUR
  calls 2024-05-06..2024-06-01 × 0 = 0.00
  fee 2024-06-01..2024-07-01 × 1 = 62.00
INV-2024-000009 2024-06-10 later 43.40 EUR
  fee 2024-06-10..2024-07-01 × 1 = 43.40
INV-2024-000010 2024-06-11 paused 41.33 EUR
  fee 2024-06-11..2024-07-01 × 1 = 41.33
INV-2024-000011 2024-07-01 tiers 9.30 EUR
  calls 2024-06-01..2024-07-01 × 0 = 0.00
  calls 2024-06-01..2024-07-01 × 1 = 6.20
  fee 2024-07-01..2024-08-01 × 1 = 3.10
INV-2024-000012 2024-07-01 in-trial 62.00 EUR
  calls 2024-06-01..2024-07-01 × 0 = 0.00
  fee 2024-07-01..2024-08-01 × 1 = 62.00
INV-2024-000013 2024-07-01 paused 62.00 EUR
  calls 2024-06-11..2024-07-01 × 0 = 0.00
  fee 2024-07-01..2024-08-01 × 1 = 62.00
INV-2024-000014 2024-07-01 later 62.00 EUR
  calls 2024-06-10..2024-07-01 × 0 = 0.00
  fee 2024-07-01..2024-08-01 × 1 = 62.00
`,
  ));

test('what was voided to be billed again is billed again by the schedule', () =>
  play(
    '2024-01-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('pro', [feeOf('31'), callsOf()], { minimum_amount: '40' }));
      await story.customer('acme');
      await story.customer('kept');
      for (const key of ['acme', 'kept']) await story.subscribe(key, 'pro', '2024-01-01');
      await story.until('2024-01-20T09:00:00Z');
      for (const key of ['acme', 'kept']) await story.use(key, '2024-01-20T09:00:00Z', '200');
      await story.until('2024-02-10T09:00:00Z');
      for (const document of (await story.documents()).filter(({ issue_date }) => issue_date === '2024-02-01')) {
        const again = 'key' in document.buyer && document.buyer.key === 'acme';
        await story.post(`/v1/invoices/${document.id}/void`, { reason: 'Wrong address', bill_again: again });
      }
      await story.until('2024-03-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-01-01 acme 31.00 EUR
  fee 2024-01-01..2024-02-01 × 1 = 31.00
INV-2024-000002 2024-01-01 kept 31.00 EUR
  fee 2024-01-01..2024-02-01 × 1 = 31.00
INV-2024-000003 2024-02-01 acme 40.00 EUR
  calls 2024-01-01..2024-02-01 × 200 = 2.00
  Minimum for pro 2024-01-01..2024-02-01 × 1 = 7.00
  fee 2024-02-01..2024-03-01 × 1 = 31.00
INV-2024-000004 2024-02-01 kept 40.00 EUR
  calls 2024-01-01..2024-02-01 × 200 = 2.00
  Minimum for pro 2024-01-01..2024-02-01 × 1 = 7.00
  fee 2024-02-01..2024-03-01 × 1 = 31.00
INV-2024-000005 2024-02-10 acme 40.00 EUR
  calls 2024-01-01..2024-02-01 × 200 = 2.00
  Minimum for pro 2024-01-01..2024-02-01 × 1 = 7.00
  fee 2024-02-01..2024-03-01 × 1 = 31.00
CN-2024-000001 2024-02-10 acme -40.00 EUR corrects INV-2024-000003
  calls 2024-01-01..2024-02-01 × 200 = -2.00
  Minimum for pro 2024-01-01..2024-02-01 × 1 = -7.00
  fee 2024-02-01..2024-03-01 × 1 = -31.00
  offset 40.00
CN-2024-000002 2024-02-10 kept -40.00 EUR corrects INV-2024-000004
  calls 2024-01-01..2024-02-01 × 200 = -2.00
  Minimum for pro 2024-01-01..2024-02-01 × 1 = -7.00
  fee 2024-02-01..2024-03-01 × 1 = -31.00
  offset 40.00
INV-2024-000006 2024-03-01 acme 40.00 EUR
  calls 2024-02-01..2024-03-01 × 0 = 0.00
  Minimum for pro 2024-02-01..2024-03-01 × 1 = 9.00
  fee 2024-03-01..2024-04-01 × 1 = 31.00
INV-2024-000007 2024-03-01 kept 40.00 EUR
  calls 2024-02-01..2024-03-01 × 0 = 0.00
  Minimum for pro 2024-02-01..2024-03-01 × 1 = 9.00
  fee 2024-03-01..2024-04-01 × 1 = 31.00
`,
  ));

test('another currency than the seller’s, a draft finalized before its time, days as periods, an end within the trial', () =>
  play(
    '2024-02-26T09:00:00Z',
    { currency: 'EUR', grace_minutes: 1440, time_zone: 'Europe/Berlin' },
    async (story) => {
      await story.meter();
      for (const [date, rate] of [
        ['2024-03-01', '0.9250'],
        ['2024-03-28', '0.9249'],
      ])
        await story.post('/v1/exchange-rates', { from: 'USD', to: 'EUR', rate, date, source: 'ECB' });
      await story.plan(planOf('usd', [feeOf('29', { billing: 'in_arrears' }), callsOf()], { currency: 'USD' }));
      await story.plan(planOf('daily', [feeOf('2.50', { billing: 'in_arrears' })], { interval: 'day' }));
      await story.plan(planOf('pro', [feeOf('31'), callsOf()]));
      for (const key of ['abroad', 'daily', 'tries']) await story.customer(key, 'America/New_York');
      await story.subscribe('abroad', 'usd', '2024-02-26');
      const daily = await story.subscribe('daily', 'daily', '2024-02-27');
      const tries = await story.subscribe('tries', 'pro', '2024-02-26', { trial_days: 14, trial_usage: 'free' });
      await story.use('abroad', '2024-02-26T09:00:00Z', '12.5');
      await story.until('2024-02-28T21:00:00Z');
      await daily.cancel('2024-02-29');
      await tries.cancel('now');
      await story.use('tries', '2024-02-28T21:00:00Z', '100');
      await story.until('2024-03-01T15:00:00Z');
      await story.refreshDrafts();
      const { data } = await story.get('/v1/invoice-drafts');
      const draft = data.find(({ customer }: { customer: string }) => customer === 'abroad');
      await story.post(`/v1/invoices/${draft.id}/finalize`);
      await story.until('2024-04-03T15:00:00Z');
    },
    `
INV-2024-000001 2024-02-29 daily 2.50 EUR
  fee 2024-02-27..2024-02-28 × 1 = 2.50
INV-2024-000002 2024-03-01 daily 2.50 EUR
  fee 2024-02-28..2024-02-29 × 1 = 2.50
INV-2024-000003 2024-03-01 abroad 4.13 USD
  fee 2024-02-26..2024-03-01 × 1 = 4.00
  calls 2024-02-26..2024-03-01 × 12.5 = 0.13
  3.82 EUR at 0.9250 of 2024-03-01
INV-2024-000004 2024-03-02 daily 2.50 EUR
  fee 2024-02-29..2024-03-01 × 1 = 2.50
INV-2024-000005 2024-04-02 abroad 29.00 USD
  fee 2024-03-01..2024-04-01 × 1 = 29.00
  calls 2024-03-01..2024-04-01 × 0 = 0.00
  26.82 EUR at 0.9249 of 2024-03-28
`,
  ));
