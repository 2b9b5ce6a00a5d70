import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { METER, newCustomer, PLAN, pointersOf } from '#tests/support/catalog.ts';
import { testLogger } from '#tests/support/logs/test-logger.ts';
import { waitFor } from '#tests/support/wait-for.ts';
import { apiDependencies } from '../dependencies.ts';
import { migrateNext } from '../migrate-subscriptions.ts';
import { startPlanMigrations } from '../plan-migrations.ts';

let api: TestApi;
let own: TestApiClient;
let organizationId: number;
let other: TestApiClient;

const now = () => Date.parse('2026-03-15T12:00:00Z');
const FEE = PLAN.charges[0];
const SEATS = { key: 'seats', price: { model: 'per_unit', unit_amount: '9' }, quantity: 'seats' };

beforeAll(async () => {
  api = await startTestApi({ now });
  const organization = await api.organization();
  [own, organizationId] = [organization.api, organization.id];
  other = (await api.organization()).api;
  await own.post('/v1/meters', METER);
});
afterAll(() => api?.stop());

const version = (key: string, charges: unknown[]) => own.post('/v1/plans', { ...PLAN, key, charges });

async function subscribe(plan: string, fields: Record<string, unknown> = {}): Promise<string> {
  const customer = await newCustomer(own);
  const { status, body } = await own.post('/v1/subscriptions', { customer, plan, starts_on: '2026-01-01', ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

async function carryOut(): Promise<void> {
  const migrations = startPlanMigrations({ pool: api.pool, cache: api.cache, log: api.log, now }, testLogger());
  const isOver = async () =>
    (await api.owner.query("SELECT FROM plan_migrations WHERE state = 'running'")).rowCount === 0;
  await waitFor(isOver, { describe: 'the migrations to be over' });
  await migrations.stop();
}

test('moves those on the plan, in their own time, and tells of those that stay', async () => {
  await version('moving', [FEE]);
  const [plain, ahead, ended, elsewhere] = await Promise.all([
    subscribe('moving'),
    subscribe('moving', { starts_on: '2026-05-10' }),
    subscribe('moving', { ends_on: '2026-02-01' }),
    subscribe('moving', { quantities: {} }),
  ]);
  const bound = await subscribe('moving', { overrides: { fee: { discount_percent: '10' } } });
  await version('moving', [{ ...FEE, name: 'Base' }, PLAN.charges[1]]);
  const onIt = await subscribe('moving');
  await version('away', [FEE]);
  await own.post(`/v1/subscriptions/${elsewhere}/change`, { plan: 'away', when: 'now' });

  const request = { to_version: 2, when: 'period_end' };
  const dry = await own.post('/v1/plans/moving/migrations', { ...request, dry_run: true });
  expect([dry.status, dry.body]).toMatchObject([200, { dry_run: true, total: 5, next_cursor: null }]);
  const charges = { added: ['calls'], removed: [], changed: ['fee'] };
  const entry = { from_version: 1, to_version: 2, charges, problem: null };
  expect(dry.body.data).toMatchObject(
    [
      { ...entry, subscription: plain, starts_on: '2026-04-01' },
      { ...entry, subscription: ahead, starts_on: '2026-06-01' },
      { ...entry, subscription: bound, starts_on: '2026-04-01' },
    ].sort((a, b) => (a.subscription < b.subscription ? -1 : 1)),
  );
  expect((await own.get(`/v1/subscriptions/${plain}/changes`)).body.data).toHaveLength(1);

  const { status, body, headers } = await own.post('/v1/plans/moving/migrations', request);
  expect([status, body]).toMatchObject([202, { state: 'running', plan: 'moving', total: 5, looked_at: 0, moved: 0 }]);
  await carryOut();
  const path = headers.get('location') as string;
  expect((await own.get(path)).body).toMatchObject({ state: 'completed', looked_at: 5, moved: 3, failed: 0 });
  expect((await own.get('/v1/plans/moving/migrations')).body.data).toMatchObject([{ id: body.id }]);
  expect((await other.get(path)).status).toBe(404);
  for (const [id, count] of [
    [plain, 2],
    [ahead, 2],
    [ended, 1],
    [elsewhere, 2],
    [onIt, 1],
  ] as const)
    expect((await own.get(`/v1/subscriptions/${id}/changes`)).body.data).toHaveLength(count);
  expect((await own.get(`/v1/subscriptions/${bound}/changes`)).body.data[1]).toMatchObject({
    starts_on: '2026-04-01',
    version: 2,
    overrides: null,
  });
});

test('one that cannot be on the version stays, with the reason, and the others go', async () => {
  await version('growing', [FEE]);
  const ids = [await subscribe('growing'), await subscribe('growing')];
  await version('growing', [FEE, SEATS]);
  const dry = await own.post('/v1/plans/growing/migrations', { to_version: 2, when: 'now', dry_run: true });
  expect(dry.body.data).toHaveLength(2);
  expect(dry.body.data[0].problem).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('seats') });
  await version('growing', [{ ...FEE, name: 'Third' }]);
  await own.post(`/v1/subscriptions/${ids[1]}/change`, { version: 2, quantities: { seats: '1' }, when: 'now' });
  const { headers } = await own.post('/v1/plans/growing/migrations', { from_version: 1, to_version: 2, when: 'now' });
  await carryOut();
  expect((await own.get(headers.get('location') as string)).body).toMatchObject({
    looked_at: 2,
    moved: 0,
    failed: 1,
    failures: [{ subscription: ids[0], code: 'invalid_request', detail: expect.stringContaining('seats') }],
  });
});

test('a preview goes page by page', async () => {
  await version('paged', [FEE]);
  const ids = [await subscribe('paged'), await subscribe('paged'), await subscribe('paged')];
  await version('paged', [{ ...FEE, name: 'Second' }]);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await own.post(`/v1/plans/paged/migrations?limit=2${cursor}`, {
      to_version: 2,
      when: 'now',
      dry_run: true,
    });
    seen.push(...body.data.map(({ subscription }: { subscription: string }) => subscription));
    if (!body.next_cursor) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  expect(seen).toEqual(ids.sort());
});

test('a migration that stopped between two steps goes on behind the last one', async () => {
  await version('stopped', [FEE]);
  const ids = [await subscribe('stopped'), await subscribe('stopped'), await subscribe('stopped')].sort();
  await version('stopped', [{ ...FEE, name: 'Second' }]);
  const { body } = await own.post('/v1/plans/stopped/migrations', { to_version: 2, when: 'now' });
  const dependencies = apiDependencies({ pool: api.pool, cache: api.cache, log: api.log, now });
  expect(await migrateNext(dependencies, organizationId, body.id)).toBe(true);
  const path = `/v1/plans/stopped/migrations/${body.id}`;
  expect((await own.get(path)).body).toMatchObject({ state: 'running', looked_at: 1, moved: 1 });
  // Dies before COMMIT: nothing of the step happened.
  const dying = {
    ...dependencies,
    random: () => {
      throw new Error('dies here');
    },
  };
  await expect(migrateNext(dying, organizationId, body.id)).rejects.toThrow('dies here');
  expect((await own.get(path)).body).toMatchObject({ state: 'running', looked_at: 1, moved: 1 });
  await carryOut();
  expect((await own.get(path)).body).toMatchObject({ state: 'completed', looked_at: 3, moved: 3, failed: 0 });
  for (const id of ids) expect((await own.get(`/v1/subscriptions/${id}/changes`)).body.data).toHaveLength(2);
});

test('steps taken at once by several processes move each subscription once', async () => {
  await version('raced', [FEE]);
  const ids = await Promise.all(Array.from({ length: 12 }, () => subscribe('raced')));
  await version('raced', [{ ...FEE, name: 'Second' }]);
  const { body } = await own.post('/v1/plans/raced/migrations', { to_version: 2, when: 'now' });
  const dependencies = apiDependencies({ pool: api.pool, cache: api.cache, log: api.log, now });
  for (let more = true; more; ) {
    const took = await Promise.all([1, 2, 3].map(() => migrateNext(dependencies, organizationId, body.id)));
    more = took.includes(true);
  }
  expect((await own.get(`/v1/plans/raced/migrations/${body.id}`)).body).toMatchObject({
    looked_at: 12,
    moved: 12,
    state: 'completed',
  });
  for (const id of ids) expect((await own.get(`/v1/subscriptions/${id}/changes`)).body.data).toHaveLength(2);
});

test.each([
  [{ to_version: 9, when: 'now' }, ['/to_version']],
  [{ to_version: 2, when: 'now' }, ['/to_version']],
  [{ to_version: 1, from_version: 1, when: 'now' }, ['/from_version']],
  [{ to_version: 'x', when: 'never' }, ['/to_version', '/when']],
  [{ to_version: 1, when: '2026-03-13' }, ['/when']],
])('%j is refused', async (request, pointers) => {
  await version('refusing', [FEE]);
  await own.post('/v1/plans', { ...PLAN, key: 'refusing', state: 'draft', charges: [FEE] });
  await api.owner.query(
    "UPDATE plans SET state = 'archived' WHERE key = 'refusing' AND version = 2 AND state = 'draft'",
  );
  const { status, body } = await own.post('/v1/plans/refusing/migrations', request);
  expect([status, pointersOf(body)]).toEqual([422, pointers]);
  expect((await own.post('/v1/plans/nothing/migrations', { to_version: 1, when: 'now' })).status).toBe(404);
});
