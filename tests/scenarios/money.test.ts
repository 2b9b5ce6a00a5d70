import { expect, jest, test } from '@jest/globals';
import { callsOf, feeOf, planOf } from '#tests/support/scenario/plans.ts';
import { play } from '#tests/support/scenario/play.ts';

/* Discounts, taxes, balances, and documents made by hand between those of the schedule. Every line of every document stands in a table. */

// A year is some hundred looks of the schedule.
jest.setTimeout(180_000);

const ARREARS = { billing: 'in_arrears' };

test('Germany lowers its tax for half of 2020: fees in advance by day of issue, usage by its last day', () =>
  play(
    '2020-05-10T09:00:00Z',
    { time_zone: 'Europe/Berlin' },
    async (story) => {
      await story.meter();
      for (const [percent, from, to] of [
        ['19', '2007-01-01', '2020-07-01'],
        ['16', '2020-07-01', '2021-01-01'],
        ['19', '2021-01-01', null],
      ] as const) {
        await story.post('/v1/tax-rates', { key: 'ust', name: 'USt', percent, inclusive: false, valid_from: from });
        if (to !== null) await story.post('/v1/tax-rates/ust/end', { valid_to: to });
      }
      await story.patch('/v1/organization', { tax_rates: ['ust'] });
      await story.plan(planOf('pro', [feeOf('100'), callsOf()]));
      await story.customer('acme', 'Europe/Berlin');
      const acme = await story.subscribe('acme', 'pro', '2020-06-01');
      for (const time of ['2020-06-20T10:00:00Z', '2020-07-20T10:00:00Z', '2020-12-20T10:00:00Z'] as const) {
        await story.until(time);
        await story.use('acme', time, '1005');
      }
      await story.until('2021-01-11T09:00:00Z');
      await acme.cancel('now');
      await story.until('2021-02-02T09:00:00Z');
    },
    `
INV-2020-000001 2020-06-01 acme 119.00 EUR
  fee 2020-06-01..2020-07-01 × 1 = 100.00
  + USt 19% of 100.00 19.00
INV-2020-000002 2020-07-01 acme 127.96 EUR
  calls 2020-06-01..2020-07-01 × 1005 = 10.05
  fee 2020-07-01..2020-08-01 × 1 = 100.00
  + USt 19% of 10.05 1.91
  + USt 16% of 100.00 16.00
INV-2020-000003 2020-08-01 acme 127.66 EUR
  calls 2020-07-01..2020-08-01 × 1005 = 10.05
  fee 2020-08-01..2020-09-01 × 1 = 100.00
  + USt 16% of 110.05 17.61
INV-2020-000004 2020-09-01 acme 116.00 EUR
  calls 2020-08-01..2020-09-01 × 0 = 0.00
  fee 2020-09-01..2020-10-01 × 1 = 100.00
  + USt 16% of 100.00 16.00
INV-2020-000005 2020-10-01 acme 116.00 EUR
  calls 2020-09-01..2020-10-01 × 0 = 0.00
  fee 2020-10-01..2020-11-01 × 1 = 100.00
  + USt 16% of 100.00 16.00
INV-2020-000006 2020-11-01 acme 116.00 EUR
  calls 2020-10-01..2020-11-01 × 0 = 0.00
  fee 2020-11-01..2020-12-01 × 1 = 100.00
  + USt 16% of 100.00 16.00
INV-2020-000007 2020-12-01 acme 116.00 EUR
  calls 2020-11-01..2020-12-01 × 0 = 0.00
  fee 2020-12-01..2021-01-01 × 1 = 100.00
  + USt 16% of 100.00 16.00
INV-2021-000001 2021-01-01 acme 130.66 EUR
  calls 2020-12-01..2021-01-01 × 1005 = 10.05
  fee 2021-01-01..2021-02-01 × 1 = 100.00
  + USt 16% of 10.05 1.61
  + USt 19% of 100.00 19.00
CN-2021-000001 2021-01-12 acme -76.77 EUR corrects INV-2021-000001
  fee 2021-01-12..2021-02-01 × 1 = -64.51
  + USt 19% of -64.51 -12.26
  offset 76.77
`,
  ));

test('a coupon for three periods goes on over a change of plan, and then ends', () =>
  play(
    '2024-01-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('small', [feeOf('31', ARREARS), callsOf()]));
      await story.plan(planOf('large', [feeOf('62', ARREARS), callsOf('0.005')]));
      const coupon = { key: 'launch', name: 'Launch', percent: '15', duration: 'periods', periods: 3 };
      await story.post('/v1/coupons', coupon);
      await story.customer('acme');
      await story.post('/v1/customers/acme/discounts', { coupon: 'launch', starts_on: '2024-01-01' });
      const { change } = await story.subscribe('acme', 'small', '2024-01-01');
      await story.until('2024-02-11T09:00:00Z');
      await story.use('acme', '2024-02-11T08:00:00Z', '333');
      await change({ plan: 'large', when: 'now' });
      await story.until('2024-05-02T09:00:00Z');
    },
    `
INV-2024-000001 2024-02-01 acme 26.35 EUR
  fee 2024-01-01..2024-02-01 × 1 = 31.00
  calls 2024-01-01..2024-02-01 × 0 = 0.00
  − Launch 4.65
INV-2024-000002 2024-02-11 acme 9.09 EUR
  fee 2024-02-01..2024-02-11 × 1 = 10.69
  calls 2024-02-01..2024-02-11 × 0 = 0.00
  − Launch 1.60
INV-2024-000003 2024-03-01 acme 35.95 EUR
  fee 2024-02-11..2024-03-01 × 1 = 40.62
  calls 2024-02-11..2024-03-01 × 333 = 1.67
  − Launch 6.34
INV-2024-000004 2024-04-01 acme 52.70 EUR
  fee 2024-03-01..2024-04-01 × 1 = 62.00
  calls 2024-03-01..2024-04-01 × 0 = 0.00
  − Launch 9.30
INV-2024-000005 2024-05-01 acme 62.00 EUR
  fee 2024-04-01..2024-05-01 × 1 = 62.00
  calls 2024-04-01..2024-05-01 × 0 = 0.00
`,
  ));

test('prepaid money runs out, credit pays the next invoice, and months of zero leave no gap', () =>
  play(
    '2024-01-01T09:00:00Z',
    {},
    async (story) => {
      await story.meter();
      await story.plan(planOf('flat', [feeOf('30', ARREARS)]));
      await story.plan(planOf('usage', [callsOf()]));
      for (const key of ['prepays', 'gets-credit', 'idles']) await story.customer(key);
      await story.subscribe('prepays', 'flat', '2024-01-01');
      await story.subscribe('gets-credit', 'flat', '2024-01-01');
      await story.subscribe('idles', 'usage', '2024-01-01');
      const paidIn = { account: 'prepaid', currency: 'EUR', amount: '70.00', reason: 'Transfer' };
      await story.post('/v1/customers/prepays/balance-adjustments', paidIn);
      await story.until('2024-02-05T09:00:00Z');
      const invoice = (await story.documents()).find(({ buyer }) => 'key' in buyer && buyer.key === 'gets-credit');
      const paid = { invoice: invoice?.id, currency: 'EUR', amount: '30.00', method: 'card' };
      await story.post('/v1/payments', { ...paid, received_on: '2024-02-05' });
      const half = { invoice: invoice?.id, reason: 'Half', lines: [{ line: 1, amount: '15.00' }] };
      await story.post('/v1/credit-notes', half);
      await story.use('idles', '2024-02-05T09:00:00Z', '2');
      await story.until('2024-03-20T09:00:00Z');
      await story.use('idles', '2024-03-20T09:00:00Z', '0.4');
      await story.until('2024-05-02T09:00:00Z');
      const { data } = await story.get('/v1/customers/prepays/balances');
      expect(data).toEqual([{ currency: 'EUR', prepaid: '0.00', credit: '0.00' }]);
    },
    `
INV-2024-000001 2024-02-01 prepays 30.00 EUR
  fee 2024-01-01..2024-02-01 × 1 = 30.00
  prepaid 30.00, due 0.00
INV-2024-000002 2024-02-01 gets-credit 30.00 EUR
  fee 2024-01-01..2024-02-01 × 1 = 30.00
CN-2024-000001 2024-02-05 gets-credit -15.00 EUR corrects INV-2024-000002
  fee 2024-01-01..2024-02-01 × 1 = -15.00
  credit 15.00
INV-2024-000003 2024-03-01 prepays 30.00 EUR
  fee 2024-02-01..2024-03-01 × 1 = 30.00
  prepaid 30.00, due 0.00
INV-2024-000004 2024-03-01 gets-credit 30.00 EUR
  fee 2024-02-01..2024-03-01 × 1 = 30.00
  credit 15.00, due 15.00
INV-2024-000005 2024-03-01 idles 0.02 EUR
  calls 2024-02-01..2024-03-01 × 2 = 0.02
INV-2024-000006 2024-04-01 prepays 30.00 EUR
  fee 2024-03-01..2024-04-01 × 1 = 30.00
  prepaid 10.00, due 20.00
INV-2024-000007 2024-04-01 gets-credit 30.00 EUR
  fee 2024-03-01..2024-04-01 × 1 = 30.00
INV-2024-000008 2024-05-01 prepays 30.00 EUR
  fee 2024-04-01..2024-05-01 × 1 = 30.00
INV-2024-000009 2024-05-01 gets-credit 30.00 EUR
  fee 2024-04-01..2024-05-01 × 1 = 30.00
`,
  ));

test('a year of twelve invoices, with one by hand, a draft with entries, and one issued anew', () =>
  play(
    '2023-12-01T09:00:00Z',
    { grace_minutes: 2880 },
    async (story) => {
      await story.meter();
      await story.plan(planOf('pro', [feeOf('12', ARREARS), callsOf()], { minimum_amount: '15' }));
      await story.customer('acme');
      await story.subscribe('acme', 'pro', '2023-12-01');
      await story.until('2024-02-15T09:00:00Z');
      const consulting = [{ description: 'Consulting', quantity: '1.5', unit_amount: '120' }];
      const { id: byHand } = await story.post('/v1/invoices', { customer: 'acme', currency: 'EUR', lines: consulting });
      await story.post(`/v1/invoices/${byHand}/finalize`);
      await story.until('2024-03-15T09:00:00Z');
      await story.use('acme', '2024-03-15T09:00:00Z', '1000');
      // March is over and in its grace of two days.
      await story.until('2024-04-01T13:00:00Z');
      await story.refreshDrafts();
      const { data: drafts } = await story.get('/v1/invoice-drafts');
      await story.post(`/v1/invoice-drafts/${drafts[0].id}/lines`, { description: 'Set-up', unit_amount: '20' });
      await story.post(`/v1/invoice-drafts/${drafts[0].id}/discounts`, { name: 'Sorry', percent: '10' });
      await story.until('2024-06-20T09:00:00Z');
      const may = (await story.documents()).at(-1);
      // Usage of May that the invoice of May has not seen.
      await story.use('acme', '2024-05-31T23:00:00Z', '700');
      await story.post(`/v1/admin/invoices/${may?.id}/regenerate`, { reason: 'Forgotten calls' });
      await story.until('2024-12-05T09:00:00Z');
    },
    `
INV-2024-000001 2024-01-03 acme 15.00 EUR
  fee 2023-12-01..2024-01-01 × 1 = 12.00
  calls 2023-12-01..2024-01-01 × 0 = 0.00
  Minimum for pro 2023-12-01..2024-01-01 × 1 = 3.00
INV-2024-000002 2024-02-03 acme 15.00 EUR
  fee 2024-01-01..2024-02-01 × 1 = 12.00
  calls 2024-01-01..2024-02-01 × 0 = 0.00
  Minimum for pro 2024-01-01..2024-02-01 × 1 = 3.00
INV-2024-000003 2024-02-15 acme 180.00 EUR
  Consulting × 1.5 = 180.00
INV-2024-000004 2024-03-03 acme 15.00 EUR
  fee 2024-02-01..2024-03-01 × 1 = 12.00
  calls 2024-02-01..2024-03-01 × 0 = 0.00
  Minimum for pro 2024-02-01..2024-03-01 × 1 = 3.00
INV-2024-000005 2024-04-03 acme 37.80 EUR
  fee 2024-03-01..2024-04-01 × 1 = 12.00
  calls 2024-03-01..2024-04-01 × 1000 = 10.00
  Set-up × 1 = 20.00
  − Sorry 4.20
INV-2024-000006 2024-05-03 acme 15.00 EUR
  fee 2024-04-01..2024-05-01 × 1 = 12.00
  calls 2024-04-01..2024-05-01 × 0 = 0.00
  Minimum for pro 2024-04-01..2024-05-01 × 1 = 3.00
INV-2024-000007 2024-06-03 acme 15.00 EUR
  fee 2024-05-01..2024-06-01 × 1 = 12.00
  calls 2024-05-01..2024-06-01 × 0 = 0.00
  Minimum for pro 2024-05-01..2024-06-01 × 1 = 3.00
INV-2024-000008 2024-06-20 acme 19.00 EUR replaces INV-2024-000007
  fee 2024-05-01..2024-06-01 × 1 = 12.00
  calls 2024-05-01..2024-06-01 × 700 = 7.00
CN-2024-000001 2024-06-20 acme -15.00 EUR corrects INV-2024-000007
  fee 2024-05-01..2024-06-01 × 1 = -12.00
  calls 2024-05-01..2024-06-01 × 0 = 0.00
  Minimum for pro 2024-05-01..2024-06-01 × 1 = -3.00
  offset 15.00
INV-2024-000009 2024-07-03 acme 15.00 EUR
  fee 2024-06-01..2024-07-01 × 1 = 12.00
  calls 2024-06-01..2024-07-01 × 0 = 0.00
  Minimum for pro 2024-06-01..2024-07-01 × 1 = 3.00
INV-2024-000010 2024-08-03 acme 15.00 EUR
  fee 2024-07-01..2024-08-01 × 1 = 12.00
  calls 2024-07-01..2024-08-01 × 0 = 0.00
  Minimum for pro 2024-07-01..2024-08-01 × 1 = 3.00
INV-2024-000011 2024-09-03 acme 15.00 EUR
  fee 2024-08-01..2024-09-01 × 1 = 12.00
  calls 2024-08-01..2024-09-01 × 0 = 0.00
  Minimum for pro 2024-08-01..2024-09-01 × 1 = 3.00
INV-2024-000012 2024-10-03 acme 15.00 EUR
  fee 2024-09-01..2024-10-01 × 1 = 12.00
  calls 2024-09-01..2024-10-01 × 0 = 0.00
  Minimum for pro 2024-09-01..2024-10-01 × 1 = 3.00
INV-2024-000013 2024-11-03 acme 15.00 EUR
  fee 2024-10-01..2024-11-01 × 1 = 12.00
  calls 2024-10-01..2024-11-01 × 0 = 0.00
  Minimum for pro 2024-10-01..2024-11-01 × 1 = 3.00
INV-2024-000014 2024-12-03 acme 15.00 EUR
  fee 2024-11-01..2024-12-01 × 1 = 12.00
  calls 2024-11-01..2024-12-01 × 0 = 0.00
  Minimum for pro 2024-11-01..2024-12-01 × 1 = 3.00
`,
  ));
