import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApp } from '#libs/http/app.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { placeholdersOf, type Route } from '#libs/http/route.ts';
import { listen } from '#libs/http/server.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* Requests as nobody in good faith sends them: refused, with the process alive and others served. And what answers look like on the line. */

const ORIGIN = 'https://app.example.com';

let api: TestApi;
let own: TestApiClient;
let key: string;

beforeAll(async () => {
  api = await startTestApi({ corsOrigins: [ORIGIN] });
  ({ api: own, adminKey: key } = await api.organization());
  for (let i = 0; i < 20; i += 1) await own.post('/v1/customers', { key: `c-${i}`, name: 'A name like others' });
});
afterAll(() => api?.stop());

interface Raw {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly bytes: Buffer;
}

/** Nothing is unpacked or added on the way. */
function raw(method: string, path: string, headers: Record<string, string> = {}, body?: string | Buffer): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${api.url}${path}`, { method, headers: { authorization: `Bearer ${key}`, ...headers } });
    sent.once('error', reject);
    sent.once('response', async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) });
    });
    sent.end(body);
  });
}
const JSON_TYPE = { 'content-type': 'application/json' };
const others = async () => (await own.get('/v1/customers/c-1')).status;

describe('packing', () => {
  const at = '/v1/customers?limit=20';
  test.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('%s of JSON, with a tag of its own that stands for the same', async (encoding, unpack) => {
    const plain = await raw('GET', at);
    const packed = await raw('GET', at, { 'accept-encoding': encoding });
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, encoding]);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    expect(unpack(packed.bytes)).toEqual(plain.bytes);
    expect(packed.headers.vary).toMatch(/Accept-Encoding/);
    expect(packed.headers.etag).toBe(String(plain.headers.etag).replace(/"$/, `-${encoding}"`));
    const again = { 'accept-encoding': encoding, 'if-none-match': String(packed.headers.etag) };
    expect((await raw('GET', at, again)).status).toBe(304);
  });

  test('of CSV, but not of what is short, unwanted or a secret', async () => {
    const csv = await raw('GET', '/v1/exports/invoices?format=csv', { 'accept-encoding': 'gzip' });
    expect([csv.status, csv.headers['content-encoding']]).toEqual([200, 'gzip']);
    expect(gunzipSync(csv.bytes).toString()).toMatch(/^id,|^"?[a-z_]+"?,/);
    expect((await raw('GET', '/v1/customers/c-1', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe(
      undefined,
    );
    for (const unwanted of ['identity', 'gzip;q=0, br;q=0', 'zstd'])
      expect((await raw('GET', at, { 'accept-encoding': unwanted })).headers['content-encoding']).toBeUndefined();
    const secret = { name: 'x'.repeat(200), scopes: ['read'] };
    const made = await raw('POST', '/v1/api-keys', { ...JSON_TYPE, 'accept-encoding': 'gzip' }, JSON.stringify(secret));
    expect([made.status, made.headers['content-encoding']]).toEqual([201, undefined]);
  });

  test('a tag of a packed answer serves as If-Match', async () => {
    const aliases = Array.from({ length: 10 }, (_, i) => `${i}-${'a'.repeat(150)}`);
    expect((await own.patch('/v1/customers/c-2', { aliases })).status).toBe(200);
    const { headers } = await raw('GET', '/v1/customers/c-2', { 'accept-encoding': 'gzip' });
    expect(headers.etag).toMatch(/-gzip"$/);
    const changed = await own.call('PATCH', '/v1/customers/c-2', { name: 'New' }, { 'if-match': String(headers.etag) });
    expect(changed.status).toBe(200);
  });
});

describe('other origins', () => {
  const preflight = (origin: string) =>
    raw('OPTIONS', '/v1/customers', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, idempotency-key',
    });
  const corsOf = ({ headers }: Raw) => Object.keys(headers).filter((name) => name.startsWith('access-control'));

  test('those named may ask, with all headers that there are, and never with cookies', async () => {
    const asked = await preflight(ORIGIN);
    expect([asked.status, asked.headers['access-control-allow-origin'], asked.headers.vary]).toEqual([
      204,
      ORIGIN,
      'Origin',
    ]);
    expect(asked.headers['access-control-allow-headers']).toMatch(/Authorization.*Idempotency-Key.*If-Match/);
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await raw('GET', '/v1/customers', { origin: ORIGIN });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, ORIGIN]);
    expect(answer.headers['access-control-expose-headers']).toMatch(/ETag.*RateLimit/);
  });

  test.each(['https://evil.example', `${ORIGIN}.evil.example`, 'http://app.example.com', 'null'])(
    '%s gets no word of it',
    async (origin) => {
      expect(corsOf(await preflight(origin))).toEqual([]);
      expect(corsOf(await raw('GET', '/v1/customers', { origin }))).toEqual([]);
    },
  );

  test('none is named unless somebody names it', async () => {
    const app = createApp({
      routes: [],
      authenticate: createAuthenticator({ pool: api.pool }),
      logger: testLogger(),
      health: [],
    });
    const server = await listen(app, { port: 0, host: '127.0.0.1' });
    const answer = await fetch(`http://127.0.0.1:${server.port}/health/live`, { headers: { origin: ORIGIN } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await server.close();
  });
});

const pathOf = (route: Route) =>
  placeholdersOf(route.path).reduce(
    (text, name) =>
      text.replace(
        `{${name}}`,
        name === 'version' ? '1' : name === 'key' ? 'c-1' : '0197a000-0000-7000-8000-000000000000',
      ),
    route.path,
  );

test('a bomb of any packing is refused by every route that takes a body', async () => {
  const zeros = Buffer.alloc(32 * 1024 * 1024);
  const bombs = { gzip: gzipSync(zeros), deflate: deflateSync(zeros), br: brotliCompressSync(zeros) };
  const routes = api.routes.filter(({ body, scope }) => body !== undefined && scope !== 'operator');
  expect(routes.length).toBeGreaterThan(20);
  for (const route of routes)
    for (const [encoding, bomb] of Object.entries(bombs)) {
      const { status, bytes } = await raw(
        route.method,
        pathOf(route),
        { ...JSON_TYPE, 'content-encoding': encoding },
        bomb,
      );
      expect([route.path, status, JSON.parse(bytes.toString()).code]).toEqual([route.path, 413, 'body_too_large']);
    }
  expect(await others()).toBe(200);
});

test('JSON nested without end is refused by every route that takes it', async () => {
  for (const route of api.routes.filter(({ body, scope }) => body !== undefined && scope !== 'operator'))
    for (const deep of ['['.repeat(500_000), `{"a":`.repeat(100_000), `{"name":${'['.repeat(65)}${']'.repeat(65)}}`]) {
      const { status, bytes } = await raw(route.method, pathOf(route), JSON_TYPE, deep);
      expect([route.path, status, JSON.parse(bytes.toString()).code]).toEqual([route.path, 400, 'invalid_json']);
    }
  const brackets = { key: 'brackets', name: `"[${'[{'.repeat(100)}\\` };
  expect((await own.post('/v1/customers', brackets)).body.name).toBe(brackets.name);
});

test('a body that is wrong everywhere is not answered by more than it', async () => {
  const many = (n: number, one: (i: number) => string) => Array.from({ length: n }, (_, i) => one(i)).join();
  const body = `{${many(50_000, (i) => `"field-${i}":1`)}}`;
  const { status, bytes } = await raw('POST', '/v1/plans', JSON_TYPE, body);
  const { errors, detail } = JSON.parse(bytes.toString());
  expect([status, errors.length]).toEqual([422, 100]);
  expect(detail).toMatch(/\(and 50\d{3} more\b/);
  expect(bytes.length).toBeLessThan(50_000);
  expect(await others()).toBe(200);
});

test('headers without end are refused', async () => {
  expect((await raw('GET', '/v1/customers', { 'x-long': 'x'.repeat(20_000) })).status).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`x-${i}`, 'some value']));
  expect((await raw('GET', '/v1/customers', many)).status).toBe(431);
  const { status, headers, bytes } = await raw('GET', `/v1/customers/${'x'.repeat(20_000)}`);
  expect([status, headers['content-type']]).toEqual([431, 'application/problem+json']);
  expect(JSON.parse(bytes.toString())).toMatchObject({
    type: '/docs/errors/headers_too_large',
    status: 431,
    code: 'headers_too_large',
    request_id: headers['x-request-id'],
  });
  expect(await others()).toBe(200);
});

/** All that comes back on one connection, after it has ended. */
function talk(said: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(said));
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text;
    });
    socket.once('error', reject).once('close', () => resolve(heard));
  });
}

test('what is no HTTP is told so, but never in the place of an answer that is still to come', async () => {
  const broken = await talk('GET / HTTP/1.1\r\nHost x\r\n\r\n');
  expect(broken).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(broken.split('\r\n\r\n')[1] as string)).toMatchObject({ status: 400, code: 'invalid_http' });
  const chunked = `POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  expect(await talk(`${chunked}no length\r\n`)).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid_http"/s);
  // The second request cannot be read while the first is being answered.
  const first = `GET /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;
  expect(await talk(`${first}no HTTP\r\n\r\n`)).not.toContain('invalid_http');
  expect(await others()).toBe(200);
});

/** 150 requests of three kinds that go on and on. */
function dripping(port: number) {
  const auth = `Authorization: Bearer ${key}\r\n`;
  const beginnings = [
    'GET /v1/customers HTTP/1.1\r\nHost: x\r\nX-A: ',
    `POST /v1/customers HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    `POST /v1/customers HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
  ];
  let open = 0;
  const sockets = Array.from({ length: 150 }, (_, i) => {
    const socket = connect(port, '127.0.0.1', () => {
      open += 1;
    });
    socket.on('error', () => {}).resume();
    socket.write(beginnings[i % 3] as string);
    const drip = setInterval(() => socket.write(['a', ' ', '1\r\n \r\n'][i % 3] as string), 100);
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        clearInterval(drip);
        open -= 1;
        resolve();
      });
    });
    return { socket, closed };
  });
  return {
    open: () => open,
    end: () => {
      for (const { socket } of sockets) socket.destroy();
    },
    closed: Promise.all(sockets.map(({ closed }) => closed)),
  };
}

async function startServer(
  limits: Pick<
    Parameters<typeof listen>[1],
    'headersWithinMs' | 'requestWithinMs' | 'checkEveryMs' | 'maxConnections' | 'onRefused'
  >,
) {
  const app = createApp({
    routes: api.routes,
    authenticate: createAuthenticator({ pool: api.pool }),
    logger: testLogger(),
    health: [],
  });
  return listen(app, { port: 0, host: '127.0.0.1', ...limits });
}

describe('requests that never end', () => {
  test('keep nobody else from being served', async () => {
    const server = await startServer({});
    const slow = dripping(server.port);
    await waitFor(() => slow.open() === 150, { describe: 'all to be connected' });
    const { status } = await fetch(`http://127.0.0.1:${server.port}/v1/customers/c-1`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect([status, slow.open()]).toEqual([200, 150]);
    slow.end();
    await server.close();
  });

  test('are cut', async () => {
    const server = await startServer({ headersWithinMs: 300, requestWithinMs: 300, checkEveryMs: 50 });
    const slow = dripping(server.port);
    await slow.closed;
    expect(slow.open()).toBe(0);
    await server.close();
  });
});

describe('connections', () => {
  const ask = (port: number) =>
    fetch(`http://127.0.0.1:${port}/v1/customers/c-1`, { headers: { authorization: `Bearer ${key}` } }).then(
      ({ status }) => status,
      () => 'cut',
    );

  test('are as many as allowed, and when some end others are served again', async () => {
    let refused = 0;
    const onRefused = () => {
      refused += 1;
    };
    const server = await startServer({ maxConnections: 10, onRefused });
    const idle = () => connect(server.port, '127.0.0.1').on('error', () => {});
    const held = Array.from({ length: 10 }, idle);
    await waitFor(() => held.every(({ readyState }) => readyState === 'open'), { describe: 'ten to be open' });
    await waitFor(async () => (await ask(server.port)) === 'cut', { describe: 'the eleventh to be cut' });
    expect(refused).toBeGreaterThan(0);
    held[0]?.destroy();
    await waitFor(async () => (await ask(server.port)) === 200, { describe: 'others to be served' });
    for (const socket of held) socket.destroy();
    await server.close();
  });

  test('that say nothing end by themselves, so that nobody holds all of them for long', async () => {
    const server = await startServer({ maxConnections: 10, headersWithinMs: 300, checkEveryMs: 50 });
    const held = Array.from({ length: 10 }, () =>
      connect(server.port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    );
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    await waitFor(async () => (await ask(server.port)) === 200, { describe: 'others to be served' });
    await server.close();
  });
});

const SQL = ["'; DROP TABLE customers; --", "' OR '1'='1", '1; SELECT pg_sleep(60)', "\\'; --", '$1', '%27%20OR%201=1'];

describe('injection', () => {
  test.each(SQL)('SQL in names, paths, queries and keys is text: %s', async (text) => {
    const created = await own.post('/v1/customers', { key: text, name: text, address_lines: [text] });
    expect([created.status, created.body.key, created.body.name]).toEqual([201, text, text]);
    expect((await own.get(`/v1/customers/${encodeURIComponent(text)}`)).body).toEqual(created.body);
    expect((await own.get(`/v1/coupons/${encodeURIComponent(text)}`)).status).toBe(404);
    const page = await own.get(`/v1/payments?customer=${encodeURIComponent(text)}`);
    expect([page.status, page.body.data]).toEqual([200, []]);
    expect((await own.get(`/v1/customers?limit=1&cursor=${encodeURIComponent(text)}`)).status).toBe(422);
    const headers = { 'idempotency-key': text, 'x-request-id': text };
    const renamed = await own.call('POST', '/v1/customers', { key: `${text} 2`, name: text }, headers);
    expect(renamed.status).toBe(201);
    expect(renamed.headers.get('x-request-id')).not.toBe(text);
    expect((await api.clientOf(text.padEnd(40, 'x')).get('/v1/customers')).status).toBe(401);
    expect(await others()).toBe(200);
  });

  test('headers: no line of a request reaches one of an answer', async () => {
    const text = 'a\r\nSet-Cookie: b=c';
    const { status, headers } = await own.post('/v1/customers', { key: text, name: 'N' });
    expect([status, headers.get('set-cookie')]).toEqual([422, null]);
    const created = await own.post('/v1/customers', { key: 'ü%0d%0aSet-Cookie: b=c', name: 'N' });
    expect([created.status, created.headers.get('set-cookie')]).toEqual([201, null]);
    await expect(own.get('/v1/customers', { 'x-request-id': text })).rejects.toThrow();
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      `GET /v1/customers HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\nSet-Cookie: b=c\r\nConnection: close\r\n\r\n`,
    );
    let text2 = '';
    for await (const part of socket) text2 += part;
    expect(text2).not.toMatch(/^Set-Cookie/im);
  });

  test.each([
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 0'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4'],
    ['chunks of another kind', 'Transfer-Encoding: xchunked'],
    ['chunks that are not the last coding', 'Transfer-Encoding: chunked, identity'],
    ['a space before the colon', 'Content-Length : 4'],
    ['a line that goes on', 'X-A: b\r\n Content-Length: 4'],
    ['a line that ends early', 'X-A: b\nContent-Length: 4'],
  ])('no request is hidden in another by %s', async (_name, header) => {
    const hidden = `GET /v1/customers/c-1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST /v1/customers HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n${hidden}`);
    let text = '';
    // The server ends the connection: what comes after such a head could mean anything.
    for await (const part of socket) text += part;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test('of a key and another one beside it, one counts, and a wrong one is not made good', async () => {
    const status = async (authorization: string, other: string) =>
      (await raw('GET', '/v1/customers', { authorization, 'x-api-key': other })).status;
    expect(await status(`Bearer ${key}`, 'wrong')).toBe(200);
    for (const wrong of ['Bearer wrong', 'Basic Og==', `${key}`, ''])
      expect([wrong, await status(wrong, key)]).toEqual([wrong, 401]);
  });

  test.each([
    '/v1/customers/../../etc/passwd',
    '/v1/customers/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/v1/customers/%00',
    '/v1/customers/%',
    '//v1/customers',
    '/v1/customers/c-1/',
    '/V1/customers',
    '/v1/invoices/..%5c..%5cpdf/pdf',
    '/docs/..%2f..%2fpackage.json',
  ])('the path %s leads nowhere', async (path) => {
    const { status } = await raw('GET', path);
    expect([400, 404]).toContain(status);
    expect(await others()).toBe(200);
  });

  test('prototypes are no fields and are not changed', async () => {
    const bodies = [
      '{"key":"p-1","name":"N","__proto__":{"polluted":true}}',
      '{"key":"p-2","name":"N","constructor":{"prototype":{"polluted":true}}}',
      '{"key":"p-3","name":"N","toString":"x","hasOwnProperty":1}',
    ];
    for (const body of bodies) {
      const { status } = await raw('POST', '/v1/customers', JSON_TYPE, body);
      // zod drops an own "__proto__" or refuses it; either way it does nothing.
      expect([201, 422]).toContain(status);
    }
    const settings = '{"__proto__":{"polluted":true},"seller":{"name":"S","__proto__":{"polluted":true}}}';
    await raw('PATCH', '/v1/organization', JSON_TYPE, settings);
    for (const query of ['__proto__[polluted]=1', 'constructor[prototype][polluted]=1', 'limit[__proto__]=1'])
      expect((await raw('GET', `/v1/customers?${query}`)).status).toBe(422);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((await own.get('/v1/customers/__proto__')).status).toBe(404);
    expect((await own.get('/v1/coupons/constructor')).status).toBe(404);
    expect(await others()).toBe(200);
  });

  test('JSON that is none, or says things twice, is refused or read one way', async () => {
    for (const body of ['{"key":"j"', '{"key":"j",}', "{'key':'j'}", '{"key":NaN}', '\u0000', '{"key":"j"}{"key":"k"}'])
      expect((await raw('POST', '/v1/customers', JSON_TYPE, body)).status).toBe(400);
    const twice = await raw('POST', '/v1/customers', JSON_TYPE, '{"key":"first","key":"second","name":"N"}');
    expect([twice.status, JSON.parse(twice.bytes.toString()).key]).toEqual([201, 'second']);
    expect((await own.get('/v1/customers/first')).status).toBe(404);
    for (const value of [{ $gt: '' }, ['a'], 1, true, null])
      expect((await own.post('/v1/customers', { key: value, name: 'N' })).status).toBe(422);
  });
});
