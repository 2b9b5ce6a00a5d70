import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { itemRoutes } from '#tests/support/item-routes.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { createApp } from './app.ts';
import { createAuthenticator } from './authenticate.ts';
import { keyDigest } from './keys.ts';
import { defineRoute } from './route.ts';
import { listen, type RunningServer } from './server.ts';

/* A real server on a real port; only the two SQL functions that look up keys are answered from a table in memory. */

const keys: Record<string, { organization_id: number | null; id: string | null; scopes: string[] | null }> = {
  'reader-key': { organization_id: 7, id: 'k-1', scopes: ['read'] },
  'writer-key': { organization_id: 7, id: 'k-2', scopes: ['write'] },
  'operator-key': { organization_id: null, id: null, scopes: null },
};
const byDigest = new Map(
  Object.entries(keys).map(([key, row]) => [keyDigest(key).toString('hex'), { ...row, digest: keyDigest(key) }]),
);
const pool = {
  async query(_sql: string, [digest]: [Buffer]) {
    const row = byDigest.get(digest.toString('hex'));
    return { rows: row ? [row] : [] };
  },
} as never;

const logged: string[] = [];
let health: () => Promise<void> = async () => {};
let server: RunningServer;
let url: string;

beforeAll(async () => {
  const registry = new Registry();
  const app = createApp({
    routes: itemRoutes,
    authenticate: createAuthenticator({ pool }),
    logger: pino({ level: 'error' }, { write: (line: string) => void logged.push(line) }),
    registry,
    health: [
      { name: 'log', required: true, check: () => health() },
      { name: 'cache', required: false, check: async () => Promise.reject(new Error('Redis is away')) },
    ],
    checkResponses: true,
  });
  server = await listen(app, { port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

const call = async (
  method: string,
  path: string,
  init: { key?: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(init.key && { authorization: `Bearer ${init.key}` }),
      ...(init.body !== undefined && { 'content-type': 'application/json' }),
      ...init.headers,
    },
    ...(init.body !== undefined && { body: init.body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (text.startsWith('{') ? JSON.parse(text) : null) as Record<string, unknown>,
  };
};

test('a good request gets what its handler gives', async () => {
  const answer = await call('POST', '/v1/items', { key: 'writer-key', body: '{"key":"abc"}' });
  expect([answer.status, answer.body, answer.headers.get('location')]).toEqual([
    201,
    { key: 'abc', organization: 7 },
    '/v1/items/abc',
  ]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect((await call('GET', '/v1/items/a%20b', { headers: { 'x-api-key': 'reader-key' } })).body).toEqual({
    key: 'a b',
    depth: 1,
  });
  expect((await call('GET', '/v1/items/special', { key: 'reader-key' })).body).toEqual({ special: true });
});

test('what a schema cannot know is told beside what it refused, each place once', async () => {
  const { body } = await call('POST', '/v1/items', { key: 'writer-key', body: '{"key":"abc","count":0}' });
  expect(body).toMatchObject({
    status: 422,
    errors: [
      { pointer: '/count', detail: 'must be at least 1' },
      { pointer: '/key', code: 'unknown', detail: 'does not exist' },
    ],
  });
});

test('all faults of a body are listed with their pointers', async () => {
  const { status, body, headers } = await call('POST', '/v1/items', {
    key: 'writer-key',
    body: '{"key":"too long","count":0.5,"extra":1,"parts":[{"a/b":"x"},{"a/b":4,"more":1},{}]}',
  });
  expect([status, headers.get('content-type')]).toEqual([422, 'application/problem+json; charset=utf-8']);
  expect(body).toMatchObject({
    code: 'invalid_request',
    status: 422,
    type: '/docs/errors/invalid_request',
    request_id: expect.any(String),
  });
  expect(body.errors).toEqual([
    { pointer: '/key', code: 'too_big', detail: 'must have at most 5 characters' },
    { pointer: '/count', code: 'invalid_type', detail: 'must be a whole number' },
    { pointer: '/parts/1/a~1b', code: 'invalid_type', detail: 'must be a string' },
    { pointer: '/parts/1/more', code: 'unknown_field', detail: 'is not a known field' },
    { pointer: '/parts/2/a~1b', code: 'missing', detail: 'is missing' },
    { pointer: '/extra', code: 'unknown_field', detail: 'is not a known field' },
  ]);
});

test.each([
  ['not JSON', { body: '{"key": x}' }, 400, 'invalid_json', 'line 1, column 9'],
  ['JSON that ends early', { body: '{"key":\n"a"' }, 400, 'invalid_json', 'ends too early, at line 2, column 4'],
  ['an empty body', { body: '' }, 400, 'invalid_json', 'empty'],
  ['bytes that are no UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]) }, 400, 'invalid_json', 'UTF-8'],
  [
    'a body of another type',
    { body: 'key=a', headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
    'application/json',
  ],
  [
    'another charset',
    { body: '{}', headers: { 'content-type': 'application/json; charset=latin1' } },
    415,
    'unsupported_media_type',
    'UTF-8',
  ],
  [
    'an unknown encoding',
    { body: '{}', headers: { 'content-encoding': 'zip' } },
    415,
    'unsupported_media_type',
    'gzip',
  ],
  ['broken gzip', { body: 'no gzip', headers: { 'content-encoding': 'gzip' } }, 400, 'invalid_json', 'unpacked'],
  ['an array for an object', { body: '[]' }, 422, 'invalid_request', 'the body must be an object'],
  [
    'a body that is too large',
    { body: JSON.stringify({ key: 'x'.repeat(1_100_000) }) },
    413,
    'body_too_large',
    '1048576',
  ],
] as const)('%s is refused', async (_name, init, status, code, detail) => {
  const answer = await call('POST', '/v1/items', { key: 'writer-key', ...init });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.body.detail).toContain(detail);
});

test('raw bodies come as they are, unpacked, within their own limit', async () => {
  expect((await call('POST', '/v1/raw', { key: 'writer-key', body: 'no json' })).body).toEqual({ bytes: 7 });
  const packed = new Uint8Array(gzipSync('x'.repeat(90)));
  expect(
    (await call('POST', '/v1/raw', { key: 'writer-key', body: packed, headers: { 'content-encoding': 'gzip' } })).body,
  ).toEqual({ bytes: 90 });
  const bomb = new Uint8Array(gzipSync('x'.repeat(100_000)));
  expect(
    (await call('POST', '/v1/raw', { key: 'writer-key', body: bomb, headers: { 'content-encoding': 'gzip' } })).status,
  ).toBe(413);
});

test('query parameters are checked like bodies', async () => {
  const { status, body } = await call('GET', '/v1/items/a?depth=9&width=2', { key: 'reader-key' });
  expect(status).toBe(422);
  expect(body.errors).toEqual([
    { pointer: '/depth', in: 'query', code: 'too_big', detail: 'must be at most 3' },
    { pointer: '/width', in: 'query', code: 'unknown_field', detail: 'is not a known field' },
  ]);
  expect((await call('GET', '/v1/items/a?depth=1&depth=2', { key: 'reader-key' })).status).toBe(422);
});

test.each([
  ['no key', 'GET', '/v1/items/a', undefined, 401, 'unauthenticated'],
  ['an unknown key', 'GET', '/v1/items/a', 'other-key', 401, 'unauthenticated'],
  ['no key, before the body is looked at', 'POST', '/v1/items', undefined, 401, 'unauthenticated'],
  ['a reader that writes', 'POST', '/v1/items', 'reader-key', 403, 'insufficient_scope'],
  ['the operator on data', 'GET', '/v1/items/a', 'operator-key', 403, 'insufficient_scope'],
  ['a customer key on metrics', 'GET', '/metrics', 'writer-key', 403, 'insufficient_scope'],
  ['no key on metrics', 'GET', '/metrics', undefined, 401, 'unauthenticated'],
] as const)('%s is turned away', async (_name, method, path, key, status, code) => {
  const answer = await call(method, path, { ...(key && { key }), ...(method === 'POST' && { body: 'not even JSON' }) });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
});

test('the missing scope is named', async () => {
  const { body } = await call('POST', '/v1/items', { key: 'reader-key', body: '{}' });
  expect(body.detail).toBe('POST /v1/items needs the scope "write"; this key has "read".');
});

test('metrics are for the operator', async () => {
  const { status, headers } = await call('GET', '/metrics', { key: 'operator-key' });
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
});

test('what is not there, and what is not allowed there', async () => {
  expect((await call('GET', '/v1/nothing')).body).toMatchObject({ status: 404, code: 'route_not_found' });
  expect((await call('GET', '/v1/items/a/', { key: 'reader-key' })).body).toMatchObject({ code: 'route_not_found' });
  const wrong = await call('DELETE', '/v1/items/a', { key: 'writer-key' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect((await call('GET', '/v1/items/%E0%A4%A', { key: 'reader-key' })).body).toMatchObject({
    status: 400,
    code: 'invalid_path',
  });
  expect((await call('GET', '/v1/items/a%00b', { key: 'reader-key' })).body).toMatchObject({
    status: 404,
    code: 'not_found',
  });
  expect((await call('GET', '/v1/items/none', { key: 'reader-key' })).body).toMatchObject({
    status: 404,
    detail: 'There is no item "none".',
  });
});

test('an unknown error tells its request id and nothing else; the log has the rest', async () => {
  logged.length = 0;
  const answer = await call('GET', '/v1/items/bug', {
    key: 'reader-key',
    headers: { 'x-request-id': 'from-client-1' },
  });
  expect([answer.status, answer.body.code, answer.body.request_id, answer.headers.get('x-request-id')]).toEqual([
    500,
    'internal_error',
    'from-client-1',
    'from-client-1',
  ]);
  expect(answer.text).not.toContain('secret');
  expect(JSON.parse(logged[0] as string)).toMatchObject({
    request_id: 'from-client-1',
    err: { message: 'secret: host 10.0.0.1' },
  });
});

test('a request id that could forge a log line is replaced', async () => {
  const answer = await call('GET', '/health', { headers: { 'x-request-id': 'a b' } });
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('a database that is away means 503 and when to come back', async () => {
  const answer = await call('GET', '/v1/items/away', { key: 'reader-key' });
  expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  expect(answer.text).not.toContain('10.0.0.1');
});

test('readiness names every dependency; only a required one makes it fail', async () => {
  const degraded = await call('GET', '/health/ready');
  expect([degraded.status, degraded.body]).toEqual([
    200,
    {
      status: 'degraded',
      dependencies: [
        { name: 'log', required: true, status: 'ok' },
        { name: 'cache', required: false, status: 'failed', message: 'Redis is away' },
      ],
    },
  ]);
  let checks = 0;
  const end = Promise.withResolvers<void>();
  health = () => {
    checks += 1;
    return end.promise;
  };
  const [hanging] = await Promise.all([call('GET', '/health/ready'), call('GET', '/health/ready')]);
  end.resolve();
  health = async () => {};
  expect(checks).toBe(1);
  expect([hanging?.status, hanging?.body]).toMatchObject([503, { status: 'unavailable' }]);
  expect(hanging?.body.dependencies).toContainEqual({
    name: 'log',
    required: true,
    status: 'failed',
    message: 'gave no answer within 2 s',
  });
  expect((await call('GET', '/health/live')).status).toBe(200);
});

test('a route defined twice is refused at start', () => {
  const route = defineRoute({
    method: 'GET',
    path: '/x',
    scope: 'read',
    summary: '',
    response: z.object({}),
    handler: async () => ({}),
  });
  expect(() =>
    createApp({
      routes: [route, route],
      authenticate: createAuthenticator({ pool }),
      logger: testLogger(),
      health: [],
    }),
  ).toThrow('GET /x is defined twice');
});

describe('a body that its handler reads', () => {
  const long = 'x'.repeat(500);
  test.each([
    ['whole', 'Application/X; charset=utf-8', 'abc', {}, 200, { type: 'application/x', text: 'abc' }],
    ['whole, packed', 'application/x', gzipSync('abc'), { 'content-encoding': 'gzip' }, 200, { text: 'abc' }],
    ['whole, too large', 'application/x', long, {}, 413, { code: 'body_too_large' }],
    ['as a stream, of any length', 'text/lines', long, {}, 200, { type: 'text/lines', text: long }],
    ['as a stream, packed', 'text/lines', gzipSync(long), { 'content-encoding': 'gzip' }, 200, { text: long }],
    [
      'packed in an unknown way',
      'text/lines',
      'abc',
      { 'content-encoding': 'zip' },
      415,
      { code: 'unsupported_media_type' },
    ],
    ['in other letters', 'text/lines; charset=utf-16', 'abc', {}, 415, { code: 'unsupported_media_type' }],
  ])('%s', async (_name, type, body, headers, status, answer) => {
    const sent = await call('POST', '/v1/open', {
      key: 'writer-key',
      body: body as string | Uint8Array<ArrayBuffer>,
      headers: { 'content-type': type, ...(headers as Record<string, string>) },
    });
    expect([sent.status, sent.body]).toMatchObject([status, answer]);
  });
});
