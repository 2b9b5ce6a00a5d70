import { expect, test } from '@jest/globals';
import { createAuthenticator } from './authenticate.ts';
import { keyDigest, sameDigest } from './keys.ts';

const ROUTE = { method: 'GET', path: '/v1/customers', scope: 'read', area: undefined } as const;
const row = { organization_id: 1, id: 'k', scopes: ['read'], role: null, expires_at: null };
const storeThatAnswers = (digest: Buffer) => ({ query: async () => ({ rows: [{ ...row, digest }] }) }) as never;
const ask = (digest: Buffer) =>
  createAuthenticator({ pool: storeThatAnswers(digest) })({ 'x-api-key': 'the key' }, ROUTE).then(
    ({ keyId }) => keyId,
    ({ code }) => code,
  );

test('what the store found is compared with what was sent: the comparison decides, not that a row was found', async () => {
  const digest = keyDigest('the key');
  expect(await ask(digest)).toBe('k');
  for (let place = 0; place < digest.length; place++) {
    const other = Buffer.from(digest);
    other[place] = (other[place] as number) ^ 1;
    expect(await ask(other)).toBe('unauthenticated');
  }
  expect(await ask(digest.subarray(1))).toBe('unauthenticated');
  expect(await ask(Buffer.alloc(0))).toBe('unauthenticated');
});

test('digests are compared in constant time, those of other lengths not at all', () => {
  // timingSafeEqual throws on buffers of different lengths.
  expect(sameDigest(Buffer.alloc(32), Buffer.alloc(31))).toBe(false);
  expect(sameDigest.toString()).toContain('timingSafeEqual');
});

test('a route of an area that nobody thought of opens to no key', async () => {
  const authenticate = createAuthenticator({ pool: storeThatAnswers(keyDigest('the key')) });
  await expect(authenticate({ 'x-api-key': 'the key' }, { ...ROUTE, path: '/v1/new-thing' })).rejects.toMatchObject({
    code: 'insufficient_scope',
  });
});
