import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { billEveryModel, type EveryModel, noId } from '#tests/support/every-model.ts';

let api: TestApi;
let billed: EveryModel;
// biome-ignore lint/suspicious/noExplicitAny: the shape is checked by the server.
let invoice: any;
beforeAll(async () => {
  api = await startTestApi();
  billed = await billEveryModel(api, true);
  invoice = (await billed.api.get(`/v1/invoices/${billed.invoiceId}`)).body;
});
afterAll(() => api?.stop());

const pathOf = (position: number, rest = '') => `/v1/invoices/${billed.invoiceId}/lines/${position}/explain${rest}`;
const positionOf = (charge: string, region?: string): number =>
  invoice.lines.find(
    // biome-ignore lint/suspicious/noExplicitAny: see above.
    (line: any) => line.charge_key === charge && (region === undefined || line.group?.region === region),
  ).position;

async function pages(path: string, limit: number) {
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  const all: any[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await billed.api.get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`);
    expect(status).toBe(200);
    all.push(...body.data);
    if (body.next_cursor === null) return all;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

const MODULUS = 2n ** 256n;

test('every metered line: hours and events add up to its evidence, as it was billed', async () => {
  const metered = invoice.lines.filter((line: { evidence?: unknown }) => line.evidence);
  expect(metered.length).toBeGreaterThan(12);
  for (const { position, evidence } of metered) {
    const hours = await pages(pathOf(position, '/hours'), 2);
    const events = await pages(pathOf(position, '/events'), 3);
    const count = hours.reduce((sum, hour) => sum + hour.event_count, 0);
    const digest = hours.reduce((sum, hour) => sum + BigInt(hour.digest), 0n) % MODULUS;
    expect([position, String(count), String(digest)]).toEqual([position, evidence.event_count, evidence.digest]);
    const hashes = events.reduce((sum, event) => sum + BigInt(`0x${event.hash}`), 0n) % MODULUS;
    expect([position, String(events.length), String(hashes)]).toEqual([
      position,
      evidence.event_count,
      evidence.digest,
    ]);
  }
});

describe('a line of usage', () => {
  test('says by which terms, of which meter, and what came late', async () => {
    const { status, body } = await billed.api.get(pathOf(positionOf('graduated')));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      document: { id: billed.invoiceId, number: invoice.number, hash: invoice.hash },
      charge: { key: 'graduated', included_units: '5', price: { model: 'graduated' } },
      period: { from: '2026-10-11', to: '2026-11-01', period_from: '2026-10-01', days: 21, period_days: 31 },
      usage: {
        meter: 'units',
        aggregation: 'sum',
        versions: [{ event_type: 'used', value_property: 'n', group_by: ['use', 'region'] }],
        names: ['acme', 'acme-old'],
        billed: { quantity: '32.75', event_count: '5' },
        now: { quantity: '40.75', event_count: '5' },
        // 7 came late, and −1 was taken back.
        late: { quantity: '8', event_count: '0' },
        taken_back: { before_watermark: 1, since: 1 },
        raw_events_from: null,
      },
      compared: null,
    });
    expect(body.line).toEqual(invoice.lines.find((line: { position: number }) => line.position === body.line.position));
  });

  test('its hours say what they hold now, cut at the borders of the period', async () => {
    const hours = await pages(pathOf(positionOf('graduated'), '/hours'), 20);
    expect(hours.map((hour) => [hour.hour, hour.from, hour.to, hour.total, hour.now.changed])).toEqual([
      ['2026-10-10T18:00:00.000Z', '2026-10-10T18:15:00.000Z', '2026-10-10T19:00:00.000Z', '7', false],
      ['2026-10-11T10:00:00.000Z', '2026-10-11T10:00:00.000Z', '2026-10-11T11:00:00.000Z', '7.5', false],
      ['2026-10-12T10:00:00.000Z', '2026-10-12T10:00:00.000Z', '2026-10-12T11:00:00.000Z', '-1', true],
      ['2026-10-13T10:00:00.000Z', '2026-10-13T10:00:00.000Z', '2026-10-13T11:00:00.000Z', '12.25', false],
      ['2026-10-31T18:00:00.000Z', '2026-10-31T18:00:00.000Z', '2026-10-31T18:15:00.000Z', '7', false],
    ]);
  });

  test('its events are those of the watermark, whole enough to hash them again', async () => {
    const path = pathOf(positionOf('graduated'), '/events');
    const events = await pages(path, 2);
    expect(events.map((event) => event.id)).toEqual(['first', 'graduated-0', 'graduated-1', 'graduated-2', 'last']);
    expect(events[2]).toMatchObject({
      source: '',
      customer: 'acme-old',
      type: 'used',
      properties: { n: '-1', use: 'graduated', region: 'us' },
      value: '-1',
      revision: 0,
      log: { epoch: 1, partition: 0, offset: expect.stringMatching(/^\d+$/) },
    });
    const ofHour = await pages(`${path}?hour=2026-10-12T10:00:00Z`, 5);
    expect(ofHour.map((event) => event.id)).toEqual(['graduated-1']);
    const amended = await pages(pathOf(positionOf('volume'), '/events'), 5);
    expect(amended.map((event) => [event.id, event.revision])).toContainEqual(['changed', 1]);
  });

  test('of a group holds the events of that group alone', async () => {
    const events = await pages(pathOf(positionOf('per_unit', 'us'), '/events'), 5);
    expect(events.map((event) => [event.id, event.group])).toEqual([['per_unit-1', { region: 'us' }]]);
  });
});

test('a fee says its days', async () => {
  const { body } = await billed.api.get(pathOf(positionOf('base')));
  expect(body).toMatchObject({
    usage: null,
    charge: { price: { amount: '49.00' } },
    period: { days: 21, period_days: 31 },
  });
  expect((await billed.api.get(pathOf(positionOf('base'), '/events'))).status).toBe(404);
});

test('minimums say what they were compared with', async () => {
  const lineOf = (kind: string) => invoice.lines.find((line: { kind: string }) => line.kind === kind);
  const minimum = (await billed.api.get(pathOf(lineOf('minimum').position))).body;
  expect(minimum.compared).toMatchObject({
    minimum_amount: '20',
    lines: [{ position: positionOf('shares') }],
    counts: [{ charge_key: 'shares', quantity: expect.any(String), amount: expect.any(String) }],
  });
  const { body } = await billed.api.get(pathOf(lineOf('commitment').position));
  expect(body.compared.minimum_amount).toBe('2000');
  expect(body.compared.lines).toHaveLength(invoice.lines.length - 1);
  expect(body.compared.counts.length).toBeGreaterThan(10);
});

describe('refused', () => {
  test.each([
    ['an invoice that is not there', () => `/v1/invoices/${noId()}/lines/1/explain`],
    ['a line that is not there', () => pathOf(999)],
    ['no line', () => `/v1/invoices/${billed.invoiceId}/lines/0/explain`],
    ['the invoice as a credit note', () => pathOf(1).replace('invoices', 'credit-notes')],
    ["another organization's", () => pathOf(1)],
  ])('%s', async (name, path) => {
    const client = name.startsWith('another') ? (await api.organization()).api : billed.api;
    for (const rest of ['', '/hours', '/events']) {
      const { status, body } = await client.get(`${path()}${rest}`);
      expect([status, body.code]).toEqual([404, 'not_found']);
    }
  });

  test('hours and events whose raw events are gone; what the line says stays', async () => {
    const own = await billEveryModel(api);
    await api.owner.query(`UPDATE record_counts SET received_on = received_on - 500 WHERE organization_id = $1`, [
      own.organizationId,
    ]);
    const path = `/v1/invoices/${own.invoiceId}/lines/${positionOf('users')}/explain`;
    const { body } = await own.api.get(path);
    expect(body.usage).toMatchObject({ billed: { event_count: expect.any(String) }, now: null, late: null });
    expect(Date.parse(body.usage.raw_events_from)).toBeGreaterThan(Date.parse('2026-10-10T18:15:00Z'));
    for (const rest of ['/hours', '/events'])
      expect((await own.api.get(`${path}${rest}`)).body).toMatchObject({ status: 422, code: 'raw_events_gone' });
    await api.owner.query(`UPDATE record_counts SET received_on = received_on + 500 WHERE organization_id = $1`, [
      own.organizationId,
    ]);
  });
});
