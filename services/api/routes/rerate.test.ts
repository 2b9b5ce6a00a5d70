import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runBilling } from '#libs/invoicing/run/run-billing.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { runDependencies } from '#tests/support/billing.ts';

let api: TestApi;
let own: { id: number; api: TestApiClient };

beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Nordwind', grace_minutes: 0 });
  await own.api.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  await own.api.post('/v1/plans', {
    key: 'basic',
    name: 'Basic',
    currency: 'EUR',
    charges: [{ key: 'calls', meter: 'calls', price: { model: 'per_unit', unit_amount: '0.01' } }],
  });
  await own.api.post('/v1/customers', { key: 'acme', name: 'Acme' });
  await own.api.post('/v1/subscriptions', { customer: 'acme', plan: 'basic', starts_on: '2025-03-01' });
  await putUsage('2025-03-10T12:00:00Z', '1000');
  const { body } = await own.api.post('/v1/billing-runs', { period: '2025-03' });
  await carryOut(body.id);
});
afterAll(() => api?.stop());

const putUsage = (hour: string, total: string) =>
  api.owner.query(
    `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
     SELECT organization_id, id, 'acme', $2, '', '', $3::bigint, $3::numeric, 7, 1 FROM meters WHERE organization_id = $1`,
    [own.id, hour, total],
  );
const carryOut = (id: string) => runBilling(runDependencies(api.worker), own.id, id);
const invoices = async () => (await own.api.get('/v1/invoices')).body.data.length;

describe('POST /v1/admin/customers/{key}/rerate', () => {
  test('a dry run says what would be made and makes nothing; the real one makes it, once', async () => {
    await putUsage('2025-03-31T23:00:00Z', '200');
    const dry = await own.api.post('/v1/admin/customers/acme/rerate', { dry_run: true });
    expect(dry).toMatchObject({
      status: 202,
      body: {
        run: null,
        documents: [
          { kind: 'invoice', total: '2.00', lines: [{ kind: 'adjustment', adjusts: 'usage', quantity: '1200' }] },
        ],
      },
    });
    expect(await invoices()).toBe(1);
    const { status, body } = await own.api.post('/v1/admin/customers/acme/rerate', {});
    expect([status, body.documents]).toEqual([202, null]);
    expect(await carryOut(body.run.id)).toMatchObject({ state: 'completed', invoicesCreated: 1 });
    expect((await own.api.get(`/v1/billing-runs/${body.run.id}`)).body).toMatchObject({ purpose: 'late' });
    const [newest] = (await own.api.get('/v1/invoices')).body.data;
    expect(newest).toMatchObject({ total: '2.00' });
    const again = await own.api.post('/v1/admin/customers/acme/rerate', {});
    expect(await carryOut(again.body.run.id)).toMatchObject({ invoicesCreated: 0 });
    expect(await invoices()).toBe(2);
  });

  test('only services that ended between the days given', async () => {
    await putUsage('2025-03-30T00:00:00Z', '300');
    const asked = { dry_run: true, from: '2025-04-01', to: '2025-05-01' };
    expect((await own.api.post('/v1/admin/customers/acme/rerate', asked)).body.documents).toEqual([]);
    expect(
      (await own.api.post('/v1/admin/customers/acme/rerate', { ...asked, from: '2025-03-31' })).body.documents,
    ).toHaveLength(1);
  });

  test('refuses days in the wrong order and customers that are not there', async () => {
    expect(
      await own.api.post('/v1/admin/customers/acme/rerate', { from: '2025-05-01', to: '2025-04-01' }),
    ).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/to' }] },
    });
    expect((await own.api.post('/v1/admin/customers/nobody/rerate', {})).status).toBe(404);
  });
});
