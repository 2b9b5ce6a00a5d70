import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { runDependencies } from '../support/billing.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/late-usage.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const organization = await api.organization({ name: 'Page', grace_minutes: 0 });
  const { post } = organization.api;
  await post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  const price = { model: 'per_unit', unit_amount: '0.01' };
  const charges = [{ key: 'calls', meter: 'calls', price }];
  await post('/v1/plans', { key: 'basic', name: 'Basic', currency: 'EUR', charges });
  await post('/v1/customers', { key: 'acme', name: 'Acme' });
  await post('/v1/subscriptions', { customer: 'acme', plan: 'basic', starts_on: '2025-03-01' });
  const use = (hour: string, calls: number) =>
    api.owner.query(
      `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
       SELECT organization_id, id, 'acme', $2, '', '', $3::bigint, $3::numeric, 7, 1 FROM meters WHERE organization_id = $1`,
      [organization.id, hour, calls],
    );
  await use('2025-03-10T12:00:00Z', 1000);
  const { body } = await post('/v1/billing-runs', { period: '2025-03' });
  await runBilling(runDependencies(api.worker), organization.id, body.id);
  await use('2025-03-31T23:00:00Z', 200);
  expect(await runPage('docs/api/late-usage.md', { url: api.url, key: organization.adminKey })).toBe(2);
});
