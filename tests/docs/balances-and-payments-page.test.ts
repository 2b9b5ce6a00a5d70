import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../support/api.ts';
import { putInvoice } from '../support/invoices.ts';
import { runPage } from './run-page.ts';

/* Every command of docs/api/balances-and-payments.md is run as it stands there, in order, and must be answered as it says there. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

test('the commands of the page are answered as it says', async () => {
  const organization = await api.organization({ name: 'Page' });
  await organization.api.post('/v1/customers', { key: 'acme', name: 'Acme' });
  const { rows } = await api.owner.query('SELECT id FROM customers WHERE organization_id = $1', [organization.id]);
  await putInvoice(api.owner, {
    organizationId: organization.id,
    customerId: rows[0].id,
    total: '100.00',
    dueDate: '2025-02-14',
  });
  const server = { url: api.url, key: organization.adminKey };
  expect(await runPage('docs/api/balances-and-payments.md', server)).toBe(12);
});
