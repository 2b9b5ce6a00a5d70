import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createPool } from '#libs/database/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ROOT } from './compose-file.ts';

/*
 * The SQL of docker/initdb/10-logins.sh on a real Postgres: the logins it makes can take their role, and nothing else. psql is not
 * everywhere, so its two variables are put in here as psql does it.
 */

const LOGINS = { tollbook_api_login: 'tollbook_api', tollbook_worker_login: 'tollbook_worker' } as const;
const passwords = { api_password: "it's 1 \\ password", worker_password: '$$ "another" :one' };
let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const script = await readFile(path.join(ROOT, 'docker/initdb/10-logins.sh'), 'utf8');
  const block = /<<'SQL'\n([\s\S]*?)\nSQL\n/.exec(script)?.[1] as string;
  const variables = [...block.matchAll(/^\\getenv (\w+) (\w+)$/gm)].map(([, name]) => name as keyof typeof passwords);
  expect(variables.sort()).toEqual(Object.keys(passwords).sort());
  const sql = block
    .replaceAll(/^\\getenv .*$/gm, '')
    .replaceAll(/:'(\w+)'/g, (_, name: keyof typeof passwords) => owner.escapeLiteral(passwords[name]));
  for (const login of Object.keys(LOGINS)) await owner.query(`DROP ROLE IF EXISTS ${login}`);
  await owner.query(sql);
});
afterAll(async () => {
  for (const login of Object.keys(LOGINS)) await owner?.query(`DROP ROLE IF EXISTS ${login}`);
  await owner?.end();
  await database?.drop();
});

function urlOf(login: keyof typeof LOGINS): string {
  const url = new URL(database.url);
  url.username = login;
  url.password = encodeURIComponent(passwords[login === 'tollbook_api_login' ? 'api_password' : 'worker_password']);
  return url.href;
}

describe.each(Object.entries(LOGINS) as [keyof typeof LOGINS, 'tollbook_api' | 'tollbook_worker'][])(
  '%s',
  (login, role) => {
    test(`works as ${role}, as the processes do`, async () => {
      const pool = createPool({ connectionString: urlOf(login), role, applicationName: 'test', max: 1 });
      try {
        const { rows } = await pool.query('SELECT current_user, session_user, count(*)::integer AS meters FROM meters');
        expect(rows).toEqual([{ current_user: role, session_user: login, meters: 0 }]);
      } finally {
        await pool.end();
      }
    });

    test('has no right of its own, cannot be the other role, and owns nothing', async () => {
      const other = role === 'tollbook_api' ? 'tollbook_worker' : 'tollbook_api';
      const client = new pg.Client({ connectionString: urlOf(login) });
      await client.connect();
      try {
        await expect(client.query('SELECT 1 FROM meters')).rejects.toThrow(/permission denied/);
        await expect(client.query(`SET ROLE ${other}`)).rejects.toThrow(/permission denied/);
        await expect(client.query('CREATE TABLE mine (x integer)')).rejects.toThrow(/permission denied/);
        const { rows } = await client.query(
          'SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user',
        );
        expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false }]);
      } finally {
        await client.end();
      }
    });

    test('does not come in with another password', async () => {
      const url = new URL(urlOf(login));
      url.password = 'wrong';
      const client = new pg.Client({ connectionString: url.href });
      await expect(client.connect()).rejects.toThrow(/password authentication failed/);
    });
  },
);
