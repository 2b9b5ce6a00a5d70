import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { createAuthenticator } from '#libs/http/authenticate.ts';
import { issueToken } from '#libs/http/tokens/issue-token.ts';
import { MAX_TOKEN_SECONDS, OVERLAP_MS, SIGNS_MS } from '#libs/http/tokens/terms.ts';
import { startTestApi, type TestAnswer, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { waitFor } from '#tests/support/wait-for.ts';

let api: TestApi;
let own: TestApiClient;
let organization: number;
const invoices: Record<string, string> = {};
const subscriptions: Record<string, string> = {};

beforeAll(async () => {
  api = await startTestApi();
  ({ api: own, id: organization } = await api.organization());
  await own.post('/v1/meters', { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' });
  const price = { model: 'flat', amount: '10' };
  await own.post('/v1/plans', { key: 'p', name: 'P', currency: 'EUR', charges: [{ key: 'fee', name: 'Fee', price }] });
  for (const key of ['acme', 'beta']) {
    await own.post('/v1/customers', { key, name: key });
    const subscribed = await own.post('/v1/subscriptions', { customer: key, plan: 'p', starts_on: '2026-01-01' });
    subscriptions[key] = subscribed.body.id;
    const lines = [{ description: 'Work', unit_amount: '5' }];
    const draft = await own.post('/v1/invoices', { customer: key, currency: 'EUR', lines });
    invoices[key] = (await own.post(`/v1/invoices/${draft.body.id}/finalize`)).body.id;
    await own.post(`/v1/customers/${key}/balance-adjustments`, {
      account: 'prepaid',
      currency: 'EUR',
      amount: '3',
      reason: 'x',
    });
    await api.owner.query(
      `INSERT INTO usage_hourly (organization_id, meter_id, customer, hour, subscription, group_key, event_count, total, digest, version)
       SELECT organization_id, id, $2, date_trunc('hour', now()) - interval '1 hour', '', '', 1, 1, 7, 1 FROM meters WHERE organization_id = $1`,
      [organization, key],
    );
  }
});
afterAll(() => api?.stop());

const tokenOf = async (customer: string, client = own): Promise<string> => {
  const { status, body } = await client.post(`/v1/customers/${customer}/tokens`);
  expect(status).toBe(201);
  return body.token;
};

const HOURS = 'meter=calls&from=2020-01-01T00:00:00Z&window=total';

describe('a token reads what is the customer’s', () => {
  let acme: TestApiClient;
  beforeAll(async () => {
    acme = api.clientOf(await tokenOf('acme'));
  });

  const theirs = () => [
    '/v1/customers/acme',
    '/v1/customers/acme/balances',
    '/v1/customers/acme/balance-transactions',
    '/v1/customers/acme/invoice-preview',
    `/v1/invoices/${invoices.acme}`,
    `/v1/invoices/${invoices.acme}/pdf`,
    `/v1/subscriptions/${subscriptions.acme}`,
  ];

  test('each of them, and the same of another customer is not there', async () => {
    for (const path of theirs()) {
      expect([path, (await acme.get(path)).status]).toEqual([path, 200]);
      const other = path
        .replace('acme', 'beta')
        .replace(invoices.acme as string, invoices.beta as string)
        .replace(subscriptions.acme as string, subscriptions.beta as string);
      expect([other, (await own.get(other)).status]).toEqual([other, 200]);
      expect([other, (await acme.get(other)).status]).toEqual([other, 404]);
    }
  });

  test('lists hold nothing else, whoever is asked for', async () => {
    const lists = [
      ['/v1/invoices', (row: { id: string }) => row.id, invoices],
      ['/v1/subscriptions', (row: { id: string }) => row.id, subscriptions],
      [`/v1/usage?${HOURS}`, (row: { customer: string }) => row.customer, { acme: 'acme', beta: 'beta' }],
    ] as const;
    for (const [path, idOf, ids] of lists) {
      const of = async (client: TestApiClient, address: string) =>
        (await client.get(address)).body.data.map(idOf as never).sort();
      expect(await of(own, path)).toEqual(Object.values(ids).sort());
      expect(await of(acme, path)).toEqual([ids.acme]);
      const join = path.includes('?') ? '&' : '?';
      expect(await of(acme, `${path}${join}customer=acme`)).toEqual([ids.acme]);
      expect((await acme.get(`${path}${join}customer=beta`)).status).toBe(404);
      expect((await acme.get(`${path}${join}customer=acme&customer=beta`)).status).toBe(422);
    }
    expect((await acme.get('/v1/credit-notes')).body.data).toEqual([]);
  });

  test('every other route is closed to it', async () => {
    const opened = new Set<string>();
    for (const route of api.routes.filter(({ scope }) => scope !== 'public')) {
      if (route.forCustomer) {
        opened.add(`${route.method} ${route.path}`);
        continue;
      }
      const path = route.path
        .replace('{key}', 'acme')
        .replace(/\{id\}/, uuidv7(1))
        .replaceAll(/\{\w+\}/g, '1');
      const { status, body } = await acme.call(route.method, path, route.body === undefined ? undefined : {});
      expect([route.method, path, status, body.code]).toEqual([route.method, path, 403, 'insufficient_scope']);
    }
    expect([...opened].every((name) => name.startsWith('GET '))).toBe(true);
    expect(opened.size).toBe(13);
  });

  test('a customer of the same key in another organization is somebody else', async () => {
    const { api: elsewhere } = await api.organization();
    await elsewhere.post('/v1/customers', { key: 'acme', name: 'Another' });
    const client = api.clientOf(await tokenOf('acme', elsewhere));
    expect((await client.get('/v1/customers/acme')).body.name).toBe('Another');
    expect((await client.get(`/v1/invoices/${invoices.acme}`)).status).toBe(404);
    expect((await client.get('/v1/invoices')).body.data).toEqual([]);
  });

  test('there is none for a customer who is not there, nor for long', async () => {
    expect((await own.post('/v1/customers/none/tokens')).status).toBe(404);
    for (const expires_in_seconds of [0, MAX_TOKEN_SECONDS + 1, 1.5])
      expect((await own.post('/v1/customers/acme/tokens', { expires_in_seconds })).status).toBe(422);
  });
});

describe('a token that is not as it was made', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const parts = async () => {
    const [header, payload, signature] = (await tokenOf('acme')).split('.') as [string, string, string];
    return { header: decode(header), payload: decode(payload), raw: { header, payload, signature } };
  };
  const refused = async (token: string) => {
    const { status, body } = await api.clientOf(token).get('/v1/invoices');
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
  };
  /** A token with changed claims, signed by the real pair: only the claims can be what it is refused for. */
  const signedWith = async (changed: Record<string, unknown>, header: Record<string, unknown> = {}) => {
    const own = await parts();
    const { rows } = await api.owner.query('SELECT private_jwk FROM token_keys WHERE id = $1', [own.header.kid]);
    const input = `${encode({ ...own.header, ...header })}.${encode({ ...own.payload, ...changed })}`;
    const signature = sign(null, Buffer.from(input), { key: rows[0].private_jwk, format: 'jwk' });
    return `${input}.${signature.toString('base64url')}`;
  };

  test('the way of signing here makes good ones, so that what follows is refused for what it changes', async () => {
    expect((await api.clientOf(await signedWith({})).get('/v1/invoices')).status).toBe(200);
  });

  test.each([
    ['another audience', { aud: 'somebody' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://example.com' }],
    ['no issuer', { iss: undefined }],
    ['an end in the past', { exp: 1 }],
    ['no end', { exp: undefined }],
    ['an end that is no number', { exp: 'never' }],
    ['an end far away and a beginning long ago', { iat: 1_600_000_000, exp: 4_000_000_000 }],
    ['a beginning in the future', { iat: 4_000_000_000, exp: 4_000_000_001 }],
    ['no beginning', { iat: undefined }],
    ['not yet', { nbf: 4_000_000_000 }],
    ['no customer', { customer: undefined }],
    ['no subject', { sub: undefined }],
    ['no organization', { organization: undefined }],
    ['an organization of another type', { organization: '1' }],
    ['an organization beyond any number of one', { organization: 2 ** 31 }],
    ['no generation', { generation: undefined }],
    ['a generation of another type', { generation: '0' }],
    ['a customer who is not there', { customer: uuidv7(1) }],
    ['another organization than the customer is in', { organization: 1 }],
  ])('%s', async (_name, changed) => refused(await signedWith(changed)));

  test('another type, an unknown pair, a pair that cannot be one, a critical extension', async () => {
    await refused(await signedWith({}, { typ: 'JWT' }));
    await refused(await signedWith({}, { kid: 'A'.repeat(43) }));
    for (const kid of [undefined, '', "' OR true --", 'x'.repeat(2000), 7])
      await refused(await signedWith({}, { kid }));
    await refused(await signedWith({}, { crit: ['exp'] }));
  });

  test('no signature, under any name of none', async () => {
    const { header, payload, raw } = await parts();
    for (const alg of ['none', 'None', 'NONE', '', undefined]) {
      await refused(`${encode({ ...header, alg })}.${encode(payload)}.`);
      await refused(`${encode({ ...header, alg })}.${encode(payload)}.${raw.signature}`);
    }
    await refused(`${raw.header}.${raw.payload}.`);
  });

  test('the public half used as a shared secret', async () => {
    const { header, payload } = await parts();
    const { keys } = (await api.anonymous.get('/.well-known/jwks.json')).body;
    const input = `${encode({ ...header, alg: 'HS256' })}.${encode(payload)}`;
    for (const secret of [keys[0].x, Buffer.from(keys[0].x, 'base64url'), JSON.stringify(keys[0])])
      await refused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
  });

  test('another pair, even when the token brings it along', async () => {
    const { header, payload } = await parts();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    for (const extra of [{}, { jwk }, { jwk, kid: undefined }, { jku: 'http://127.0.0.1:1/keys' }]) {
      const input = `${encode({ ...header, ...extra })}.${encode(payload)}`;
      await refused(`${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`);
    }
  });

  test('one character of it changed, wherever it stands', async () => {
    const { payload, raw } = await parts();
    await refused(`${raw.header}.${encode({ ...payload, sub: 'beta' })}.${raw.signature}`);
    const token = `${raw.header}.${raw.payload}.${raw.signature}`;
    // The last character of a part may hold bits that no byte needs.
    for (let place = 3; place < token.length - 1; place += 7) {
      const character = token[place] as string;
      if (character === '.' || token[place + 1] === '.') continue;
      await refused(`${token.slice(0, place)}${character === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`);
    }
  });

  test('what only looks like one', async () => {
    for (const token of ['eyJ.eyJ.', 'eyJ..', `eyJ${'a'.repeat(3000)}.b.c`, `eyJ${'a'.repeat(5000)}.b.c`])
      await refused(token);
  });
});

const READ = {
  method: 'GET',
  path: '/v1/invoices',
  scope: 'read',
  area: undefined,
  forCustomer: async () => ({}),
} as const;

describe('revoking', () => {
  const refusal = ({ status, body }: TestAnswer) => [status, body?.code];
  /** One that looks anew: what is remembered for a second would have been forgotten. */
  const ask = (token: string) =>
    createAuthenticator({ pool: api.pool })({ authorization: `Bearer ${token}` }, READ).then(
      ({ customer }) => customer?.key,
      ({ code, message }) => `${code} ${message.includes('was revoked')}`,
    );
  const newCustomer = async (key: string) =>
    expect((await own.post('/v1/customers', { key, name: key })).status).toBe(201);

  test('ends every token of that customer made before, also within the same second, and no other', async () => {
    await newCustomer('leaky');
    const [first, second, other] = [await tokenOf('leaky'), await tokenOf('leaky'), await tokenOf('acme')];
    expect((await own.delete('/v1/customers/leaky/tokens')).status).toBe(204);
    const anew = await tokenOf('leaky');
    expect(await Promise.all([first, second, other, anew].map(ask))).toEqual([
      'unauthenticated true',
      'unauthenticated true',
      'acme',
      'leaky',
    ]);
    await own.delete('/v1/customers/leaky/tokens');
    expect(await ask(anew)).toBe('unauthenticated true');
    expect(refusal(await own.delete('/v1/customers/none/tokens'))).toEqual([404, 'not_found']);
    // Told once no older transaction on the server is open, be it that of another test.
    await waitFor(
      async () => {
        const { data } = (await own.get('/v1/changes?limit=100')).body;
        return data.filter(({ type }: { type: string }) => type === 'customer.tokens_revoked').length === 2;
      },
      { describe: () => 'both revocations to be told' },
    );
  });

  test('reaches every process within a second, and one that cannot look after a minute', async () => {
    await newCustomer('known');
    const token = await tokenOf('known');
    let now = Date.now() + 1000;
    const process = () => {
      let isAway = false;
      const query = (...given: unknown[]) =>
        isAway
          ? Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
          : (api.pool.query as (...args: unknown[]) => Promise<unknown>)(...given);
      const authenticate = createAuthenticator({ pool: { query } as never, now: () => now });
      return {
        cutOff() {
          isAway = true;
        },
        ask: (shown = token) =>
          authenticate({ authorization: `Bearer ${shown}` }, READ).then(
            () => 'let in',
            ({ code }) => code,
          ),
      };
    };
    const [first, second, apart] = [process(), process(), process()] as const;
    const askAll = () => Promise.all([first, second, apart].map((one) => one.ask()));
    expect(await askAll()).toEqual(['let in', 'let in', 'let in']);
    await own.delete('/v1/customers/known/tokens');
    // A new one is good at once, also where the old generation is remembered.
    expect(await first.ask(await tokenOf('known'))).toBe('let in');
    apart.cutOff();
    now += 1000;
    expect(await askAll()).toEqual(['unauthenticated', 'unauthenticated', 'let in']);
    now += 59_000;
    expect(await apart.ask()).not.toBe('let in');
  });

  test('of an erased customer is done with the erasure, and there are no more', async () => {
    await newCustomer('gone');
    const token = await tokenOf('gone');
    expect((await own.post('/v1/customers/gone/erase')).status).toBe(200);
    expect(await ask(token)).toBe('unauthenticated true');
    expect(refusal(await own.post('/v1/customers/gone/tokens'))).toEqual([409, 'customer_erased']);
    expect((await own.delete('/v1/customers/gone/tokens')).status).toBe(204);
  });

  test('whole: pairs that are gone make every token of the installation void', async () => {
    const token = await tokenOf('acme');
    await api.owner.query('DELETE FROM token_keys');
    expect(await ask(token)).toBe('unauthenticated false');
    expect(await ask(await tokenOf('acme'))).toBe('acme');
  });
});

describe('pairs', () => {
  let acme: { readonly id: string; readonly key: string };
  beforeAll(async () => {
    acme = { id: (await own.get('/v1/customers/acme')).body.id, key: 'acme' };
  });
  const accepts = (token: string, now: number) =>
    createAuthenticator({ pool: api.pool, now: () => now })({ authorization: `Bearer ${token}` }, READ).then(
      ({ customer }) => customer?.key,
      ({ code }) => code,
    );
  const issue = (now: number, seconds = MAX_TOKEN_SECONDS) =>
    issueToken(api.pool, {
      organizationId: organization,
      customer: acme,
      generation: 0,
      seconds,
      now,
      id: 'i',
    });
  const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()).kid;
  const stored = async () =>
    (await api.owner.query('SELECT id, private_jwk IS NOT NULL AS signs FROM token_keys ORDER BY signs_until')).rows;

  test('one signs for a day, the next one takes over, and tokens of the old one live out their time', async () => {
    await api.owner.query('DELETE FROM token_keys');
    const start = Date.UTC(2030, 0, 1);
    const first = await issue(start);
    const last = await issue(start + SIGNS_MS - 1);
    expect(kidOf(last.token)).toBe(kidOf(first.token));
    const next = await issue(start + SIGNS_MS);
    expect(kidOf(next.token)).not.toBe(kidOf(first.token));
    expect(await stored()).toEqual([
      { id: kidOf(first.token), signs: false },
      { id: kidOf(next.token), signs: true },
    ]);
    const ends = last.expiresAt.getTime();
    expect(await accepts(last.token, ends - 1000)).toBe('acme');
    expect(await accepts(last.token, ends)).toBe('unauthenticated');
    expect(await accepts(next.token, start + SIGNS_MS + 1000)).toBe('acme');
    // Long after, the old pair is gone altogether.
    await issue(start + 2 * SIGNS_MS + OVERLAP_MS);
    expect((await stored()).map(({ id }) => id)).not.toContain(kidOf(first.token));
  });

  test('a pair whose time is over checks nothing, should a token say so', async () => {
    await api.owner.query('DELETE FROM token_keys');
    const start = Date.UTC(2031, 0, 1);
    const { token } = await issue(start);
    await api.owner.query(
      "UPDATE token_keys SET verifies_until = signs_until + interval '1 millisecond', signs_until = $1",
      [new Date(start)],
    );
    expect(await accepts(token, start + 1000)).toBe('acme');
    await api.owner.query('UPDATE token_keys SET verifies_until = $1', [new Date(start + 1000)]);
    expect(await accepts(token, start + 1000)).toBe('unauthenticated');
  });

  test('many at once make one pair', async () => {
    await api.owner.query('DELETE FROM token_keys');
    const tokens = await Promise.all(Array.from({ length: 16 }, () => issue(Date.now())));
    expect(new Set(tokens.map(({ token }) => kidOf(token))).size).toBe(1);
    expect(await stored()).toHaveLength(1);
  });

  test('others check a token by the published keys, which hold no private half', async () => {
    const token = await tokenOf('acme');
    const { status, body } = await api.anonymous.get('/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(body.keys.map((key: object) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x']]);
    const { payload } = await jwtVerify(token, createLocalJWKSet(body));
    expect(payload).toMatchObject({ iss: 'tollbook', aud: 'tollbook:customer', sub: 'acme' });
  });

  test('every process can check, whatever its role; only the API can sign', async () => {
    const { token } = await issue(Date.now());
    const worker = createAuthenticator({ pool: api.worker });
    expect(await worker({ authorization: `Bearer ${token}` }, READ)).toMatchObject({ customer: { key: 'acme' } });
    await expect(api.worker.query('SELECT private_jwk FROM token_keys')).rejects.toThrow('permission denied');
  });
});
