import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BillingRunService, startBillingRun } from '#services/billing-run/start.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/billing-runs.md is run as it stands there, in order, and must come to be answered as it says there. */

let api: TestApi;
let service: BillingRunService;
beforeAll(async () => {
  api = await startTestApi();
  service = await startBillingRun({
    pool: api.worker,
    logEnd: async () => new Map(),
    logger: testLogger(),
    pollMs: 20,
    scheduleMs: 3_600_000,
  });
});
afterAll(async () => {
  await service?.stop();
  await api?.stop();
});

test('the commands of the page are answered as it says', async () => {
  const { adminKey, api: own, id } = await api.organization({ name: 'Page', grace_minutes: 0 });
  await own.post('/v1/plans', {
    key: 'basic',
    name: 'Basic',
    currency: 'EUR',
    charges: [{ key: 'fee', name: 'Fee', price: { model: 'flat', amount: '10' } }],
  });
  for (const key of ['acme', 'beta', 'odd']) {
    await own.post('/v1/customers', { key, name: key });
    await own.post('/v1/subscriptions', { customer: key, plan: 'basic', starts_on: '2025-03-01' });
  }
  await api.owner.query("UPDATE customers SET tax_rates = '{gone}' WHERE organization_id = $1 AND key = 'odd'", [id]);
  expect(await runPage('docs/api/billing-runs.md', { url: api.url, key: adminKey })).toBe(13);
}, 120_000);
