import { readFile } from 'node:fs/promises';
import { expect } from '@jest/globals';
import { ROLES } from '#libs/http/roles.ts';
import { placeholdersOf, type Route } from '#libs/http/route.ts';
import { KEY_SCOPES } from '#libs/http/scopes.ts';
import { ACCESS } from './access-entries.ts';
import type { TestApi, TestApiClient } from './api.ts';

/* Everybody who may come to a route, and whom docs/access.md lets in. */

export interface Callers {
  /** No key, and keys that open nothing. */
  readonly strangers: Readonly<Record<string, TestApiClient>>;
  /** By scope ('scope read') and role ('role owner'). */
  readonly keys: Readonly<Record<string, TestApiClient>>;
  readonly operator: TestApiClient;
  readonly token: TestApiClient;
}

/** `clientOf` calls the server under test; keys are made through the API. */
export async function accessCallers(
  api: TestApi,
  clientOf: (key: string | undefined) => TestApiClient,
  operatorKey: string,
): Promise<Callers> {
  const { api: admin } = await api.organization();
  const make = async (terms: object): Promise<{ id: string; key: string }> =>
    (await admin.post('/v1/api-keys', { name: 'k', ...terms })).body;
  const keys: Record<string, TestApiClient> = {};
  for (const scope of KEY_SCOPES) keys[`scope ${scope}`] = clientOf((await make({ scopes: [scope] })).key);
  for (const role of ROLES) keys[`role ${role}`] = clientOf((await make({ role })).key);
  const revoked = await make({ role: 'owner' });
  await admin.delete(`/v1/api-keys/${revoked.id}`);
  const expired = await make({ role: 'owner' });
  await api.owner.query("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1", [expired.id]);
  // Not the customer that paths name, whose tokens a route may revoke.
  await admin.post('/v1/customers', { key: 'holder', name: 'Holder' });
  const { token } = (await admin.post('/v1/customers/holder/tokens')).body;
  return {
    strangers: {
      'no key': clientOf(undefined),
      'a wrong key': clientOf(`tb_live_${'A'.repeat(43)}`),
      'an expired key': clientOf(expired.key),
      'a revoked key': clientOf(revoked.key),
      'a token that was tampered with': clientOf(`${token.slice(0, -5)}AAAAA`),
    },
    keys,
    operator: clientOf(operatorKey),
    token: clientOf(token),
  };
}

/** 'role finance' → area → read or write, as the page says. */
export async function accessPage(): Promise<Record<string, Record<string, string>>> {
  const page = await readFile('docs/access.md', 'utf8');
  const holders: Record<string, Record<string, string>> = {};
  for (const [kind, title] of [
    ['role', '## Roles'],
    ['scope', '## Scopes'],
  ] as const) {
    const [, rest = ''] = page.split(`${title}\n\n`);
    const [head = [], , ...rows] = rest
      .slice(0, rest.indexOf('\n\n'))
      .split('\n')
      .map((line) => line.slice(2, -2).split(' | '));
    for (const [place, title] of head.entries()) {
      const name = /^`(\w+)`$/.exec(title)?.[1];
      if (name) holders[`${kind} ${name}`] = Object.fromEntries(rows.map((cells) => [cells[0], cells[place]]));
    }
  }
  return holders;
}

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Tries a route by everybody. `send` makes some request of the route; its input may be wrong, because access is decided first. */
export async function expectAccess(
  route: Route,
  callers: Callers,
  page: Readonly<Record<string, Readonly<Record<string, string>>>>,
  send: (
    client: TestApiClient,
  ) => Promise<{ readonly status: number; readonly body: { readonly code?: string } | null }>,
): Promise<void> {
  const [serves, ...more] = (ACCESS[nameOf(route)] ?? 'an entry in tests/support/access-entries.ts is missing').split(
    ', ',
  );
  const [area, action] = (serves as string).split(' ') as [string, string | undefined];
  const allowed = (holder: string) => {
    const granted = page[holder]?.[area];
    return granted === 'write' || (granted === 'read' && action === 'read');
  };
  const found: Record<string, string> = {};
  const expected: Record<string, string> = {};
  const ask = async (who: string, client: TestApiClient, isLetIn: boolean, refusal: string) => {
    const { status, body } = await send(client);
    const isRefused = status === 401 || status === 403;
    found[who] = isRefused ? `${status} ${body?.code}` : status >= 500 ? String(status) : 'let in';
    expected[who] = isLetIn ? 'let in' : refusal;
  };
  for (const [who, client] of Object.entries(callers.strangers)) await ask(who, client, false, '401 unauthenticated');
  for (const [who, client] of Object.entries(callers.keys))
    await ask(who, client, allowed(who), '403 insufficient_scope');
  await ask('the operator key', callers.operator, serves === 'operator', '403 insufficient_scope');
  await ask('a token', callers.token, more.includes('tokens'), '403 insufficient_scope');
  expect(found).toEqual(expected);
}

/** A path of a route, each placeholder filled by the name it is known under. */
export const fillPath = (route: Pick<Route, 'path'>, values: Readonly<Record<string, string>>): string =>
  placeholdersOf(route.path).reduce((text, name) => text.replace(`{${name}}`, values[name] ?? 'none'), route.path);
