import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { prepareApiProcesses, type TestApiService } from '../support/api-process.ts';
import { createClient } from '../support/client.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

/* kill -9 of the API between what a request does and its answer: the retry is given the answer, and nothing was done twice. */

let service: TestApiService;
beforeAll(async () => {
  service = await prepareApiProcesses();
});
afterAll(() => service?.stop());

const adjust = (port: number) =>
  fetch(`http://127.0.0.1:${port}/v1/customers/acme/balance-adjustments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${service.key}`,
      'content-type': 'application/json',
      'idempotency-key': 'adjusted once',
    },
    body: JSON.stringify({ account: 'prepaid', currency: 'EUR', amount: '50.00', reason: 'Bank transfer' }),
  });

test('killed after its effect and before its answer', async () => {
  const owner = service.database.pool('owner');
  const first = await service.start();
  await createClient(`http://127.0.0.1:${first.port}`, service.key).create('/v1/customers', {
    key: 'acme',
    name: 'Acme',
  });
  const line = await startTcpProxy({ targetPort: first.port });
  line.hold('answers');
  const lost = adjust(line.port).then(
    () => 'answered',
    () => 'lost',
  );
  const stored = async () => (await owner.query('SELECT status, body FROM idempotency_keys')).rows;
  await waitFor(async () => (await stored()).length === 1, { describe: 'the effect' });
  await first.process.end('SIGKILL');
  await line.close();
  expect(await lost).toBe('lost');

  const second = await service.start();
  const again = await adjust(second.port);
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  expect([{ status: 201, body: await again.text() }]).toEqual(await stored());
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM ledger_transfers');
  expect(rows).toEqual([{ n: 1 }]);
});
