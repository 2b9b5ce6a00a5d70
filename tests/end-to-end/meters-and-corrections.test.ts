import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestClient } from '../support/client.ts';
import { startSystem, type TestSystem, waitForRecords } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/* Corrections, late meters and their backfill over HTTP, through the real log, in both modes. */

const THE_HOUR = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000);
const at = (minute: number) => new Date(THE_HOUR.getTime() + minute * 60_000).toISOString();
const RANGE = `from=${THE_HOUR.toISOString()}&to=${new Date(THE_HOUR.getTime() + 3_600_000).toISOString()}`;

interface Usage {
  readonly data: readonly { readonly quantity: string; readonly event_count: number }[];
}

describe.each(['embedded', 'distributed'] as const)('%s', (mode) => {
  let system: TestSystem;
  let api: TestClient;
  let ingest: TestClient;

  beforeAll(async () => {
    system = await startSystem(mode);
    ({ api, ingest } = await system.organization({ name: 'Seller' }));
    await api.create('/v1/meters', meter('bytes', 'sum'));
    await api.create('/v1/meters', meter('peak', 'max'));
  });
  afterAll(() => system?.stop());

  const meter = (key: string, aggregation: string) => ({
    key,
    name: key,
    event_type: 'call',
    aggregation,
    value_property: 'n',
    filter: [{ property: 'internal', exists: false }],
  });
  const event = (id: string, n: string, over = {}) => ({
    id,
    type: 'call',
    customer: 'acme',
    time: at(5),
    properties: { n },
    ...over,
  });
  const usage = async (key: string) =>
    (await api.get<Usage>(`/v1/usage?meter=${key}&customer=acme&${RANGE}`)).body.data.map(({ quantity }) => quantity);
  const shows = (key: string, quantity: string) =>
    waitFor(async () => (await usage(key)).join() === quantity, {
      describe: () => `usage of ${key} to become ${quantity}`,
    });

  test('voids and amendments change what is counted, and say so again when sent again', async () => {
    await ingest.create('/v1/events', [
      event('a', '5'),
      event('b', '7'),
      event('c', '9'),
      event('test', '1000', { properties: { n: '1000', internal: true } }),
    ]);
    await shows('bytes', '21');
    const voided = await ingest.create('/v1/events/c/void', { reason: 'test data', actor: 'ann' });
    expect(voided).toMatchObject({ status: 'accepted', kind: 'void', event: { id: 'c', source: '' } });
    await ingest.create('/v1/events/b/amend', { correction_id: 'fix', reason: 'wrong unit', properties: { n: '0.7' } });
    await ingest.create('/v1/events/b/amend', { correction_id: 'fix', reason: 'wrong unit', properties: { n: '0.7' } });
    await shows('bytes', '5.7');
    await shows('peak', '5');
    // The identity of a void event stays taken.
    await ingest.create('/v1/events', event('c', '9'));
    await waitForRecords(api, 8);
    expect(await usage('bytes')).toEqual(['5.7']);
    const { body } = await api.get('/v1/reconciliation?from=1970-01-01&to=2100-01-01');
    expect(body).toMatchObject({
      records: 8,
      counted: 3,
      unassigned: 1,
      duplicates: 2,
      corrections: 2,
      dead_letters: 0,
    });
  });

  test('a correction may come before its original; where events come from named sources the source is asked for', async () => {
    await ingest.create('/v1/events/early/void', { source: 'edge', reason: 'sent by mistake' });
    await ingest.create('/v1/events', event('early', '50', { source: 'edge' }));
    await ingest.create('/v1/events', [event('twice', '1', { source: 'edge' }), event('twice', '1')]);
    await shows('bytes', '7.7');
    const ambiguous = await ingest.post('/v1/events/twice/void', { reason: 'double' });
    expect(ambiguous).toMatchObject({
      status: 409,
      body: { code: 'ambiguous_source', detail: expect.stringMatching(/"edge"/) },
    });
    const unknown = await ingest.post('/v1/events/never-seen/void', { reason: 'double' });
    expect(unknown).toMatchObject({ status: 409, body: { code: 'ambiguous_source' } });
    await ingest.create('/v1/events/twice/void', { reason: 'double', source: 'edge' });
    await shows('bytes', '6.7');
  });

  test('a meter made late counts what comes, and by a backfill what was there, voids included', async () => {
    await api.create('/v1/meters', meter('late', 'sum'));
    await ingest.create('/v1/events', event('after', '100'));
    await shows('late', '100');
    const asked = await api.post('/v1/meters/late/backfill');
    expect(asked).toMatchObject({ status: 202, body: { meter: 'late' } });
    await waitFor(
      async () => (await api.get<{ state: string }>('/v1/meters/late/backfill')).body.state === 'finished',
      {
        describe: () => 'the backfill to finish',
      },
    );
    expect(await usage('late')).toEqual(await usage('bytes'));
    // Once per meter: asking again is no second counting.
    expect((await api.post('/v1/meters/late/backfill')).body).toMatchObject({ state: 'finished', events_counted: 3 });
    expect(await usage('late')).toEqual(['106.7']);
  });

  test('a new version of a meter counts from an hour on that no event can have reached', async () => {
    const made = await api.create<{ version: number; effective_from: string }>('/v1/meters/peak/versions', {
      name: 'Peak',
      event_type: 'call',
      value_property: 'm',
    });
    expect(made.version).toBe(2);
    expect(Date.parse(made.effective_from)).toBeGreaterThan(Date.now() + 300_000);
    const versions = (
      await api.get<{ data: { key: string; version: number; effective_until: string | null }[] }>('/v1/meters')
    ).body.data;
    expect(
      versions.filter(({ key }) => key === 'peak').map(({ version, effective_until }) => [version, effective_until]),
    ).toEqual([
      [1, made.effective_from],
      [2, null],
    ]);
    const tooEarly = await api.post('/v1/meters/peak/versions', {
      name: 'P',
      event_type: 'call',
      value_property: 'm',
      effective_from: at(60),
    });
    expect(tooEarly).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  });
});
