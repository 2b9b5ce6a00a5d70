import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { runPage } from '../docs/run-page.ts';
import { createClient, type TestClient } from '../support/client.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/*
 * A test organization lives through two months in a minute: its customer is in a zone whose days begin within an hour of UTC, so that borders of
 * periods are counted from raw events, which arrived weeks before their time.
 */

// biome-ignore lint/suspicious/noExplicitAny: the shape is checked by the server.
type Answer = any;

const ZONE = 'Asia/Kolkata';
const DAY = 86_400_000;
const HOUR = 3_600_000;

async function setUp(api: TestClient, month: Temporal.PlainDate): Promise<void> {
  const meter = { name: 'Calls', event_type: 'call' };
  await api.create('/v1/meters', { ...meter, key: 'calls', aggregation: 'count' });
  await api.create('/v1/meters', { ...meter, key: 'peak', aggregation: 'max', value_property: 'n' });
  await api.create('/v1/plans', {
    key: 'starter',
    name: 'Starter',
    currency: 'USD',
    charges: [
      { key: 'base', name: 'Base', price: { model: 'flat', amount: '20.00' } },
      { key: 'calls', name: 'Calls', meter: 'calls', price: { model: 'per_unit', unit_amount: '0.50' } },
      { key: 'peak', name: 'Peak', meter: 'peak', price: { model: 'per_unit', unit_amount: '1' } },
    ],
  });
  await api.create('/v1/customers', { key: 'acme', name: 'Acme', time_zone: ZONE });
  await api.create('/v1/subscriptions', { customer: 'acme', plan: 'starter', starts_on: month.toString() });
}

describe.each<TestSystem['mode']>(['embedded', 'distributed'])('%s', (mode) => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem(mode);
  });
  afterAll(() => system?.stop());

  test('time is moved, what is due is billed, and a live organization stays where it is', async () => {
    const settings = { name: 'Clock', time_zone: ZONE };
    const own = await system.organization({ ...settings, mode: 'test' });
    const live = await system.organization(settings);
    expect([own.adminKey.slice(0, 8), live.adminKey.slice(0, 8)]).toEqual(['tb_test_', 'tb_live_']);
    const clock = async (): Promise<Answer> => (await own.api.get<Answer>('/v1/test-clock')).body;
    const start = await clock();
    expect(start).toMatchObject({ offset_seconds: 0, status: 'ready', billing_runs: [] });
    const month = Temporal.Instant.from(start.now).toZonedDateTimeISO(ZONE).toPlainDate().with({ day: 1 });
    const monthStart = (months: number) => month.add({ months }).toZonedDateTime(ZONE).epochMilliseconds;
    for (const { api } of [own, live]) await setUp(api, month);

    const advance = async (to: number): Promise<Answer> => {
      const at = new Date(to).toISOString();
      const { status, body } = await own.api.post<Answer>('/v1/test-clock/advance', { to: at });
      expect([status, body.code]).toEqual([200, undefined]);
      expect(Date.parse(body.now) - to).toBeGreaterThanOrEqual(0);
      expect(Date.parse(body.now) - to).toBeLessThan(1000);
      expect(body).toMatchObject({ status: 'advancing', billing_runs: [expect.any(String)] });
      await waitFor(async () => (await clock()).status === 'ready', { timeoutMs: 60_000, describe: 'the clock' });
      return body;
    };
    const invoices = async (api: TestClient = own.api): Promise<Answer[]> =>
      (await api.get<Answer>('/v1/invoices')).body.data.toReversed();
    const send = async (...events: Record<string, unknown>[]) =>
      (
        await own.ingest.post<Answer>(
          '/v1/events',
          events.map((event) => ({ type: 'call', customer: 'acme', properties: { n: 1 }, ...event })),
        )
      ).body.results.map(({ status, code }: Answer) => code ?? status);
    const lineOf = (invoice: Answer, key: string) => invoice.lines.find((line: Answer) => line.charge_key === key);
    const detail = async (id: string): Promise<Answer> => (await own.api.get<Answer>(`/v1/invoices/${id}`)).body;

    const now = Date.parse(start.now);
    const known = { id: 'known', time: new Date(now).toISOString() };
    expect(await send({ id: 'a' }, { id: 'b' }, known)).toEqual(['accepted', 'accepted', 'accepted']);
    const ofLive = { id: 'a', type: 'call', customer: 'acme', properties: { n: 1 } };
    expect((await live.ingest.post<Answer>('/v1/events', ofLive)).status).toBe(200);

    await advance(monthStart(1) + 2 * HOUR);
    const [first] = await invoices();
    expect(first).toMatchObject({
      state: 'finalized',
      issue_date: month.add({ months: 1 }).toString(),
      due_date: month.add({ months: 1, days: 14 }).toString(),
      // Three calls, a peak of 1.
      total: '22.50',
      payment: { status: 'open' },
    });
    expect(first.period).toMatchObject({ from: month.toString(), to: month.add({ months: 1 }).toString() });

    // The other side of the border is a part of an hour of UTC.
    const border = new Date(monthStart(1) + 10 * 60_000).toISOString();
    const tooOld = new Date(monthStart(1) - 36 * DAY).toISOString();
    const tooFar = new Date(monthStart(1) + 3 * DAY).toISOString();
    expect(
      await send(
        { id: 'c' },
        { id: 'd', time: border, properties: { n: 7 } },
        { id: 'e', time: tooOld },
        { id: 'f', time: tooFar },
        known,
      ),
    ).toEqual(['accepted', 'accepted', 'event_too_old', 'event_too_far_ahead', 'duplicate']);
    await waitFor(async () => (await own.api.get<Answer>('/v1/events/d')).status === 200, {
      timeoutMs: 30_000,
      describe: 'usage',
    });
    expect(
      (
        await own.ingest.post<Answer>('/v1/events/d/amend', {
          correction_id: 'less',
          reason: 'wrong',
          properties: { n: 3 },
        })
      ).status,
    ).toBe(200);

    await advance(monthStart(2) + 2 * HOUR);
    const [, second] = await invoices();
    expect(second).toMatchObject({ issue_date: month.add({ months: 2 }).toString(), total: '24.00' });
    const told = await detail(second.id);
    expect([lineOf(told, 'calls').quantity, lineOf(told, 'peak').quantity]).toEqual(['2', '3']);
    const explained = await own.api.get<Answer>(
      `/v1/invoices/${second.id}/lines/${lineOf(told, 'calls').position}/explain/events`,
    );
    expect(explained.body.data.map(({ id }: Answer) => id).sort()).toEqual(['c', 'd']);
    expect((await detail(first.id)).payment.status).toBe('overdue');

    const verified = await own.api.get<Answer>(`/v1/invoices/${second.id}/verify`);
    expect(JSON.stringify(verified.body)).not.toContain('false');
    expect(await invoices(live.api)).toEqual([]);
    const refused = await live.api.post<Answer>('/v1/test-clock/advance', {
      to: new Date(now + 90 * DAY).toISOString(),
    });
    expect([refused.status, refused.body.code]).toEqual([409, 'organization_live']);
    const ahead = { ...ofLive, time: border };
    if (Date.parse(border) > Date.now() + DAY)
      expect((await live.ingest.post<Answer>('/v1/events', ahead)).body.results[0].code).toBe('event_too_far_ahead');
  }, 180_000);

  test('of several moves at once one is made, and whoever has its answer finds every process in the new time', async () => {
    const { api, adminKey } = await system.organization({ name: 'Two', mode: 'test' });
    await setUp(api, Temporal.Now.plainDateISO('UTC').with({ day: 1 }));
    // The ingest process has seen the organization in the old time just now.
    const client = createClient(system.ingestUrl, adminKey);
    const early = { id: 'early', type: 'call', customer: 'acme', properties: { n: 1 } };
    expect((await client.post<Answer>('/v1/events', early)).status).toBe(200);
    const to = (days: number) => ({ to: new Date(Date.now() + days * DAY).toISOString() });
    const answers = await Promise.all([1, 1, 1].map(() => api.post<Answer>('/v1/test-clock/advance', to(70))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    const event = { id: 'now', type: 'call', customer: 'acme', properties: { n: 1 }, time: to(70).to };
    expect((await client.post<Answer>('/v1/events', event)).body.results).toEqual([{ id: 'now', status: 'accepted' }]);
  }, 60_000);

  if (mode === 'embedded')
    test('the commands of docs/api/test-clock.md are answered as it says', async () => {
      const { adminKey } = await system.organization({ name: 'Page', mode: 'test' });
      expect(await runPage('docs/api/test-clock.md', { url: system.apiUrl, key: adminKey })).toBe(7);
    }, 60_000);
});
