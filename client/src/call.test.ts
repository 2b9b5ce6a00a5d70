import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Call, createCall } from './call.ts';
import { newEventId } from './events/new-event-id.ts';
import { listOf } from './list.ts';
import { pauseMs, retryAfterMs } from './pause.ts';

/* Requests against answers as they are written here; a real server stands in tests/client. */

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const problem = (status: number, headers: Record<string, string> = {}) =>
  json(
    status,
    { code: 'some_code', detail: 'Some sentence.', request_id: 'r-1', errors: [{ pointer: '/a', detail: 'x' }] },
    headers,
  );

function callWith(answers: readonly (Response | Error | 'never')[], retries = 4) {
  const sent: Sent[] = [];
  const pauses: number[] = [];
  let keys = 0;
  const call = createCall(
    {
      url: 'http://tollbook.test',
      apiKey: () => `key-${++keys}`,
      timeoutMs: 20,
      now: () => 0,
      random: () => 1,
      uuid: () => `uuid-${sent.length}`,
      sleep: async (ms) => void pauses.push(ms),
      fetch: (async (url: string, init: RequestInit) => {
        const answer = answers[sent.length] ?? json(200, {});
        sent.push({
          url,
          method: init.method as string,
          headers: init.headers as Record<string, string>,
          body: init.body as string | undefined,
        });
        if (answer === 'never')
          return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
        if (answer instanceof Error) throw answer;
        return answer;
      }) as typeof fetch,
    },
    retries,
  );
  return { call, sent, pauses };
}

const away = () => new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
const customer = { path: { key: 'a/b' } } as const;
const newCustomer = { body: { key: 'a', name: 'A' } } as const;

describe('what is sent', () => {
  test('path and query escaped, the key asked for each time, a body as JSON, redirects not followed', async () => {
    const { call, sent } = callWith([json(200, { data: [] }), json(302, {}, { location: 'http://elsewhere.test' })]);
    await call('GET /v1/invoices', { query: { customer: 'a&b', limit: 5 } });
    expect(sent[0]).toMatchObject({
      url: 'http://tollbook.test/v1/invoices?customer=a%26b&limit=5',
      headers: { authorization: 'Bearer key-1' },
    });
    await expect(call('GET /v1/customers/{key}', customer)).rejects.toMatchObject({ status: 302, code: 'http_302' });
    expect(sent[1]).toMatchObject({
      url: 'http://tollbook.test/v1/customers/a%2Fb',
      headers: { authorization: 'Bearer key-2' },
    });
    await expect(call('GET /v1/customers/{key}', { path: { key: '' } })).rejects.toThrow('needs key');
  });

  test('If-Match and other headers; the answer is seen with its own', async () => {
    const { call, sent } = callWith([json(200, {}, { etag: '"2"' })]);
    let etag: string | null = null;
    await call(
      'PATCH /v1/customers/{key}',
      { ...customer, body: { name: 'B' } },
      {
        ifMatch: '"1"',
        headers: { 'x-trace': 't' },
        onAnswer: ({ headers }) => {
          etag = headers.get('etag');
        },
      },
    );
    expect([sent[0]?.headers, etag]).toMatchObject([{ 'if-match': '"1"', 'x-trace': 't' }, '"2"']);
    expect(sent[0]?.headers).not.toHaveProperty('idempotency-key');
  });
});

describe('sent again', () => {
  test.each([
    ['GET', 'no answer', away(), true],
    ['GET', '502', problem(502), true],
    ['GET', '503', problem(503), true],
    ['GET', '429', problem(429), true],
    ['GET', '404', problem(404), false],
    ['GET', '500', problem(500), false],
    ['POST', 'no answer', away(), true],
    ['POST', '504', problem(504), true],
    ['POST', '409', problem(409), false],
    ['POST', '409 and a time to come back', problem(409, { 'retry-after': '1' }), true],
    [
      'GET',
      'the page of another server',
      new Response('<html></html>', { headers: { 'content-type': 'text/html' } }),
      true,
    ],
    ['PATCH', 'no answer', away(), false],
    ['PATCH', '502', problem(502), false],
    ['PATCH', '503', problem(503), true],
    ['DELETE', 'no answer', away(), false],
  ] as const)('%s after %s: %s', async (method, _name, first, isAgain) => {
    const { call, sent } = callWith([first]);
    const calls: Record<typeof method, () => Promise<unknown>> = {
      GET: () => call('GET /v1/customers/{key}', customer),
      POST: () => call('POST /v1/customers', newCustomer),
      PATCH: () => call('PATCH /v1/customers/{key}', { ...customer, body: { name: 'B' } }),
      DELETE: () => call('DELETE /v1/api-keys/{id}', { path: { id: '1' } }),
    };
    const outcome = await calls[method]().then(
      () => true,
      () => false,
    );
    expect([outcome, sent.length]).toEqual([isAgain, isAgain ? 2 : 1]);
    const [a, b] = sent;
    if (isAgain && method === 'POST') {
      expect(a?.headers['idempotency-key']).toBe('uuid-0');
      expect([b?.headers['idempotency-key'], b?.body]).toEqual(['uuid-0', a?.body]);
    }
  });

  test('not sooner than asked, not for ever, and not where the pause asked for is too long', async () => {
    const busy = callWith([problem(429, { 'retry-after': '7' }), problem(503)], 4);
    await busy.call('GET /v1/customers/{key}', customer);
    expect(busy.pauses).toEqual([7000, 400]);
    const dead = callWith(Array.from({ length: 9 }, away), 2);
    await expect(dead.call('GET /v1/customers/{key}', customer)).rejects.toThrow(
      'GET /v1/customers/a%2Fb: connect ECONNREFUSED',
    );
    expect(dead.sent).toHaveLength(3);
    const tomorrow = callWith([problem(429, { 'retry-after': '86400' })]);
    await expect(tomorrow.call('GET /v1/customers/{key}', customer)).rejects.toMatchObject({
      retryAfterMs: 86_400_000,
    });
  });
});

test('errors say what, where and under which request', async () => {
  const { call } = callWith([problem(422), new Response('<html>Bad gateway</html>', { status: 500 })]);
  await expect(call('POST /v1/customers', newCustomer)).rejects.toMatchObject({
    name: 'TollbookError',
    message: 'POST /v1/customers was refused: Some sentence.',
    status: 422,
    code: 'some_code',
    requestId: 'r-1',
    faults: [{ pointer: '/a', detail: 'x' }],
  });
  await expect(call('POST /v1/customers', newCustomer)).rejects.toMatchObject({ code: 'http_500', faults: [] });
});

test('a server that does not answer in time, and a caller who wants to wait no longer', async () => {
  const slow = callWith(['never'], 0);
  await expect(slow.call('GET /v1/customers/{key}', customer)).rejects.toMatchObject({
    name: 'TollbookConnectionError',
    isTimeout: true,
  });
  const { call } = callWith(['never'], 4);
  const controller = new AbortController();
  const asked = call('GET /v1/customers/{key}', customer, { signal: controller.signal, timeoutMs: 60_000 });
  controller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});

test('a list asks for a page when it is needed, and ends where cursors end', async () => {
  const asked: unknown[] = [];
  const call = (async (_name: string, { query }: { query?: { cursor?: string; after?: string } }) => {
    asked.push(query?.cursor ?? query?.after ?? null);
    const at = Number(query?.cursor ?? query?.after ?? 0);
    return { data: at < 3 ? [{ id: at * 2 }, { id: at * 2 + 1 }] : [], next_cursor: String(Math.min(at + 1, 3)) };
  }) as unknown as Call;
  const ids: unknown[] = [];
  for await (const { id } of listOf(call, 'GET /v1/changes', {})) ids.push(id);
  expect([ids, asked]).toEqual([
    [0, 1, 2, 3, 4, 5],
    [null, '1', '2', '3'],
  ]);
  asked.length = 0;
  expect(await listOf(call, 'GET /v1/customers', {}).toArray(3)).toHaveLength(3);
  expect(asked).toEqual([null, '1']);
});

test('pauses grow, stay bounded, and Retry-After is read in both of its forms', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const pause = pauseMs(attempt, random);
      expect(pause).toBeGreaterThanOrEqual(100);
      expect(pause).toBeLessThanOrEqual(20_000);
      expect(pause).toBeLessThanOrEqual(pauseMs(attempt + 1, random));
    }),
  );
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs('3', now)).toBe(3000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5000);
  expect(retryAfterMs('Thu, 01 Jan 2025 00:00:05 GMT', now)).toBe(0);
  for (const none of [null, '', '-1', 'soon', '1.5']) expect(retryAfterMs(none, now)).toBeUndefined();
});

test('ids of events are UUIDs that begin with their time', () => {
  const ids = Array.from({ length: 200 }, (_, at) => newEventId(1_700_000_000_000 + at));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
