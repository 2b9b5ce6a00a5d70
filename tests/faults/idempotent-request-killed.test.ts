import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startProcess, type TestProcess } from '../support/process.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

/* kill -9 of the API between what a request does and its answer: the retry is given the answer, and nothing was done twice. */

const key = `tb_live_${randomBytes(32).toString('base64url')}`;
let database: TestDatabase;
let settings: Record<string, string>;
const running: TestProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  settings = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS as string,
    TOLLBOOK_TOPIC: `usage-events-${randomUUID()}`,
    TOLLBOOK_BOOTSTRAP_KEY: key,
    TOLLBOOK_LOG_LEVEL: 'warn',
    TOLLBOOK_PORT: '0',
  };
  const migration = startProcess('scripts/migrate.ts', settings);
  if ((await migration.exited) !== 0) throw new Error(migration.output());
});
afterAll(async () => {
  await Promise.all(running.map((one) => one.end('SIGKILL')));
  await database?.drop();
});

async function startApi(): Promise<{ api: TestProcess; port: number }> {
  const api = startProcess('services/api/main.ts', settings);
  running.push(api);
  const [, port] = await api.waitForOutput(/ready at http:\S+:(\d+)/);
  return { api, port: Number(port) };
}

const adjust = (port: number) =>
  fetch(`http://127.0.0.1:${port}/v1/customers/acme/balance-adjustments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': 'adjusted once',
    },
    body: JSON.stringify({ account: 'prepaid', currency: 'EUR', amount: '50.00', reason: 'Bank transfer' }),
  });

test('killed after its effect and before its answer', async () => {
  const owner = database.pool('owner');
  const first = await startApi();
  await createClient(`http://127.0.0.1:${first.port}`, key).create('/v1/customers', { key: 'acme', name: 'Acme' });
  const line = await startTcpProxy({ targetPort: first.port });
  line.hold('answers');
  const lost = adjust(line.port).then(
    () => 'answered',
    () => 'lost',
  );
  const stored = async () => (await owner.query('SELECT status, body FROM idempotency_keys')).rows;
  await waitFor(async () => (await stored()).length === 1, { describe: 'the effect' });
  await first.api.end('SIGKILL');
  await line.close();
  expect(await lost).toBe('lost');

  const second = await startApi();
  const again = await adjust(second.port);
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  expect([{ status: 201, body: await again.text() }]).toEqual(await stored());
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM ledger_transfers');
  expect(rows).toEqual([{ n: 1 }]);
});
