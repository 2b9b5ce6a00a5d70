import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { inOrganization } from './transaction.ts';

/*
 * The tenant boundary, for every table that the schema has, without a list that somebody must remember to extend. In this database the
 * API role is granted everything, so that row-level security alone stands between it and the rows of others.
 */

interface Table {
  readonly name: string;
  /** Where the organization stands. */
  readonly column: string;
}

let database: TestDatabase;
let owner: pg.Pool;
let api: pg.Pool;
let tables: Table[];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  api = database.pool('tollbook_api');
  await owner.query('SELECT ensure_usage_events_day(current_date), open_event_key_generation()');
  tables = await isolatedTables();
  const client = await owner.connect();
  await client.query('BEGIN');
  for (const { name } of tables) await client.query(`GRANT ALL ON ${name} TO tollbook_api`);
  await dropChecks(client);
  // Without foreign keys and triggers: only the boundary matters here.
  await client.query("SET LOCAL session_replication_role = 'replica'");
  for (const table of tables) for (const organization of [1, 2]) await insertSample(client, table, organization);
  await client.query('COMMIT');
  client.release();
});
afterAll(() => database.drop());

async function isolatedTables(): Promise<Table[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND a.attname = 'organization_id' AND NOT a.attisdropped ORDER BY 1`,
  );
  return [...rows.map(({ name }) => ({ name, column: 'organization_id' })), { name: 'organizations', column: 'id' }];
}

async function dropChecks(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS sql
       FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0 AND NOT coninhcount > 0`,
  );
  for (const { sql } of rows) await client.query(sql);
}

/** Any value of a type; different for each organization where it may have to be unique. */
const VALUES: Readonly<Record<string, (organization: number) => unknown>> = {
  integer: (organization) => organization,
  bigint: (organization) => organization,
  smallint: (organization) => organization,
  numeric: () => '1',
  boolean: () => true,
  text: (organization) => `of ${organization}`,
  uuid: (organization) => `00000000-0000-4000-8000-00000000000${organization}`,
  bytea: (organization) => Buffer.alloc(32, organization),
  jsonb: () => '{}',
  date: () => '2026-01-01',
  'timestamp with time zone': () => new Date(),
  'text[]': () => [],
};

async function sample(table: Table, organization: number): Promise<{ columns: string[]; values: unknown[] }> {
  const { rows } = await owner.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND (attnotnull AND NOT atthasdef AND attidentity <> 'a' OR attname = $2)`,
    [table.name, table.column],
  );
  return {
    columns: rows.map(({ name }) => name),
    values: rows.map(({ name, type }) => {
      if (name === table.column) return organization;
      const value = VALUES[type];
      if (!value) throw new Error(`${table.name}.${name} is of type ${type}: add a value for it to VALUES`);
      return value(organization);
    }),
  };
}

async function insertSample(client: pg.ClientBase, table: Table, organization: number): Promise<void> {
  const { columns, values } = await sample(table, organization);
  const places = values.map((_, index) => `$${index + 1}`);
  await client.query(`INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${places.join(', ')})`, values);
}

const organizationsIn = async (client: Pick<pg.ClientBase, 'query'>, { name, column }: Table): Promise<number[]> =>
  (await client.query<{ id: number }>(`SELECT ${column} AS id FROM ${name} ORDER BY 1`)).rows.map(({ id }) => id);

test('every table with an organization has row-level security and a policy for the API role', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY($1)
        AND c.relrowsecurity AND EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND 'tollbook_api' = ANY(p.roles))`,
    [tables.map(({ name }) => name)],
  );
  expect(rows.map(({ name }) => name).sort()).toEqual(tables.map(({ name }) => name).sort());
  expect(tables.length).toBeGreaterThan(20);
});

test('a partition gives no way around its table', async () => {
  const { rows } = await owner.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = 'r'",
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { name } of rows) {
    await expect(inOrganization(api, 1, (tx) => tx.query(`SELECT FROM ${name}`))).rejects.toThrow(/permission denied/);
  }
});

test('a view shows to each role what its tables show', async () => {
  const { rows } = await owner.query<{ name: string; options: string[] | null }>(
    `SELECT relname AS name, reloptions AS options FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { options } of rows) expect(options).toContain('security_invoker=true');
});

test('there is nothing else that could hold rows and knows no policies', async () => {
  const { rows } = await owner.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind IN ('m', 'f') AND relnamespace = 'public'::regnamespace",
  );
  expect(rows).toEqual([]);
});

/** Of no organization, and read by the API role. */
const OF_NOBODY: Readonly<Record<string, string>> = {
  catalog_version: 'a counter',
  dedupe_floor: 'a time',
  event_key_generations: 'times and counts',
  log_epochs: 'places in the log',
  log_offsets: 'places in the log',
  log_partitions: 'places in the log',
  pgmigrations: 'the version of the schema',
  token_keys: 'pairs of the installation, with which tokens are signed',
};

test('what the API role reads beside organizations belongs to none of them', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'organizations'
        AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped)
        AND has_any_column_privilege('tollbook_api', c.oid, 'SELECT') ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(OF_NOBODY).sort());
});

/** What the API role may call with the rights of the owner although it is not held to the organization of the transaction. */
const PAST_THE_POLICIES: Readonly<Record<string, string>> = {
  find_api_key: 'whose it is is what is asked; only who has the digest of a key gets it',
  find_clock_offset: 'a number; the organization is known by a signed token only',
  find_operator_key: 'as with find_api_key',
  find_token_generation: 'a number; the organization is known by a signed token only',
  find_token_key: 'the public half of a pair',
  list_organizations: 'for the operator: names, and nothing in them',
  note_key_use: 'moves a time ahead; tells nothing',
  open_plan_migrations: 'ids of migrations that any process is to carry on',
};

test("functions with the owner's rights are closed to everybody who is not named, and held to one organization", async () => {
  const { rows } = await owner.query<{
    name: string;
    settings: string[] | null;
    open: boolean;
    called: boolean;
    held: boolean;
  }>(
    `SELECT proname AS name, proconfig AS settings,
            EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS open,
            has_function_privilege('tollbook_api', p.oid, 'EXECUTE') AS called,
            strpos(prosrc, 'current_organization()') > 0 AS held
       FROM pg_proc p WHERE prosecdef AND pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype ORDER BY 1`,
  );
  expect(rows.length).toBeGreaterThan(10);
  for (const { name, settings, open } of rows) {
    // Otherwise whoever calls it decides what its names mean.
    expect([name, settings?.find((setting) => setting.startsWith('search_path='))]).toEqual([
      name,
      'search_path=public, pg_temp',
    ]);
    expect([name, open]).toEqual([name, false]);
  }
  const past = rows.filter(({ called, held }) => called && !held).map(({ name }) => name);
  expect(past).toEqual(Object.keys(PAST_THE_POLICIES).sort());
});

test('the API role is no superuser, owns nothing and cannot bypass the policies', async () => {
  const { rows } = await owner.query('SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = $1', [
    'tollbook_api',
  ]);
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false }]);
});

describe('as the API role with every grant', () => {
  // One test per rule, over all tables: the tables are known only after the database was made.
  const forEachTable = async (rule: (table: Table) => Promise<void>) => {
    for (const table of tables) {
      await rule(table).catch((error: Error) => {
        throw new Error(`${table.name}: ${error.message}`, { cause: error });
      });
    }
  };

  test('the worker sees both organizations, so there is something to hide', () =>
    forEachTable(async (table) => expect(await organizationsIn(owner, table)).toEqual([1, 2])));

  test('only rows of the named organization are visible', () =>
    forEachTable(async (table) => {
      expect(await inOrganization(api, 1, (tx) => organizationsIn(tx, table))).toEqual([1]);
      expect(await inOrganization(api, 2, (tx) => organizationsIn(tx, table))).toEqual([2]);
    }));

  test('without a named organization nothing is visible', () =>
    forEachTable(async (table) => expect(await organizationsIn(api, table)).toEqual([])));

  test('a row cannot be written into another organization', () =>
    forEachTable(async (table) => {
      await expect(inOrganization(api, 1, (tx) => insertSample(tx, table, 2))).rejects.toThrow(/row-level security/);
      await expect(insertSampleUnnamed(table)).rejects.toThrow(/row-level security/);
    }));

  test('a row cannot be moved into another organization', () =>
    forEachTable(async ({ name, column }) => {
      await expect(inOrganization(api, 1, (tx) => tx.query(`UPDATE ${name} SET ${column} = 2`))).rejects.toThrow(
        /row-level security|never change/,
      );
    }));

  test("another organization's rows are neither changed nor removed", () =>
    forEachTable(async ({ name, column }) => {
      const { rowCount: changed } = await inOrganization(api, 1, (tx) =>
        tx.query(`UPDATE ${name} SET ${column} = ${column} WHERE ${column} = 2`),
      );
      const { rowCount: removed } = await inOrganization(api, 1, (tx) =>
        tx.query(`DELETE FROM ${name} WHERE ${column} = 2`),
      );
      expect([changed, removed]).toEqual([0, 0]);
      expect(await organizationsIn(owner, { name, column })).toEqual([1, 2]);
    }));

  const insertSampleUnnamed = async (table: Table) => {
    const client = await api.connect();
    try {
      await insertSample(client, table, 1);
    } finally {
      client.release();
    }
  };
});

test('a test organization that is deleted leaves no row in any of them', async () => {
  const client = await owner.connect();
  try {
    await client.query('BEGIN');
    await client.query("SET LOCAL session_replication_role = 'replica'");
    await client.query("UPDATE organizations SET mode = 'test' WHERE id = 1");
    await client.query("SET LOCAL session_replication_role = 'origin'");
    await client.query("SELECT set_config('tollbook.organization_id', '1', true)");
    await client.query('SELECT begin_deleting(1)');
    await client.query('SELECT delete_test_organization(1)');
    for (const table of tables) {
      const left = (await organizationsIn(client, table)).filter((id) => id !== 0);
      expect([table.name, left]).toEqual([table.name, [2]]);
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
