import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from '#libs/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createWorld } from '#tests/support/late.ts';

let database: TestDatabase;
let owner: Pool;
let worker: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  worker = database.pool('tollbook_worker');
});
afterAll(() => database?.drop());

test('what late usage takes of an amount off is noted as taken, and what it takes no more is free again', async () => {
  const acme = await createWorld(owner, worker, {
    charges: (meterId) => [{ key: 'calls', meterId, price: { model: 'per_unit', unit_amount: '0.10' } }],
    coupons: [{ amount: '12' }],
  });
  const used = async () =>
    (
      await owner.query<{ period: string; amount: string }>(
        `SELECT u.period_from::text AS period, u.amount::text, d.document ->> 'kind' AS kind FROM discount_uses u
           JOIN invoices d ON (d.organization_id, d.id) = (u.organization_id, u.invoice_id)
          WHERE u.organization_id = $1 ORDER BY u.period_from`,
        [acme.organizationId],
      )
    ).rows.map(({ period, amount }) => `${period} ${Number(amount)}`);
  const late = async (calls: number, month: string) => {
    await acme.calls('2025-03-31T23:00:00Z', { '': calls });
    await acme.bill(month);
  };
  await acme.calls('2025-03-10T12:00:00Z', { '': 20 });
  await late(80, '2025-03');
  expect(await used()).toEqual(['2025-03-01 10']);
  await late(130, '2025-04');
  expect(await used()).toEqual(['2025-03-01 12']);
  await late(0, '2025-05');
  expect(await used()).toEqual(['2025-03-01 2']);
  await acme.calls('2025-03-10T12:00:00Z', {});
  await late(0, '2025-06');
  expect(await used()).toEqual([]);
  await late(70, '2025-07');
  expect(await used()).toEqual(['2025-03-01 7']);
});
