import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '#libs/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { startTcpProxy, type TcpProxy } from '#tests/support/tcp-proxy.ts';
import { createOrganizationRules } from './organization-rules.ts';

let database: TestDatabase;
let proxy: TcpProxy;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool('owner').query("INSERT INTO organizations (id, name) VALUES (1, 'one')");
  const url = new URL(database.url);
  proxy = await startTcpProxy({ targetPort: Number(url.port) });
  url.port = String(proxy.port);
  pool = createPool({ connectionString: url.href, role: 'tollbook_api', applicationName: 'test' });
});
afterAll(async () => {
  proxy?.cut();
  await pool?.end();
  await proxy?.close();
  await database?.drop();
});

test('the last rules serve for a minute while Postgres hangs; without any a sender is told that it is away', async () => {
  let now = 0;
  const rulesOf = createOrganizationRules(pool, () => now);
  const first = await rulesOf(1);
  expect(first.bounds).toMatchObject({ maxAgeDays: 35, maxAheadSeconds: 300 });
  proxy.hold('everything');
  now = 59_999;
  expect(await rulesOf(1)).toBe(first);
  // Whoever comes within a second of that does not wait for it again.
  const next = Promise.race([rulesOf(1), new Promise((resolve) => setImmediate(() => resolve('waits')))]);
  expect(await next).toBe(first);
  now = 60_000;
  await expect(rulesOf(1)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const others = createOrganizationRules(pool, () => now);
  await expect(others(1)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});
