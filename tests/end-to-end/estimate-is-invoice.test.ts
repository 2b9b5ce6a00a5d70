import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lastFullMonth } from '#scripts/demo/workload.ts';
import type { TestClient } from '../support/client.ts';
import { startSystem, type TestSystem, waitForRecords } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/*
 * A plan with every price model, usage over HTTP, a month billed: the invoice says line by line what POST /v1/quotes says of the same
 * customer and month. In both modes.
 */

const MONTH = lastFullMonth(new Date());
const NEXT = new Date(`${MONTH}-15T00:00:00Z`);
NEXT.setUTCMonth(NEXT.getUTCMonth() + 1);
const PERIOD = { from: `${MONTH}-01`, to: `${NEXT.toISOString().slice(0, 7)}-01` };

const tier = (up_to: string | null, more: object) => ({ up_to, ...more });
const filterOf = (use: string) => ({ filter: { use: [use] } });
const CHARGES = [
  { key: 'base', name: 'Base', price: { model: 'flat', amount: '49.00' } },
  {
    key: 'seats',
    name: 'Seats',
    quantity: 'seats',
    price: { model: 'graduated', tiers: [tier('3', { unit_amount: '10' }), tier(null, { unit_amount: '8' })] },
  },
  {
    key: 'per_unit',
    meter: 'units',
    ...filterOf('per_unit'),
    group_by: ['region'],
    price: { model: 'per_unit', unit_amount: '0.0333' },
    discount_percent: '10',
  },
  {
    key: 'graduated',
    meter: 'units',
    ...filterOf('graduated'),
    price: {
      model: 'graduated',
      tiers: [tier('10', { unit_amount: '1', flat_amount: '2' }), tier(null, { unit_amount: '0.5' })],
    },
    included_units: '5',
  },
  {
    key: 'volume',
    meter: 'units',
    ...filterOf('volume'),
    price: { model: 'volume', tiers: [tier('10', { unit_amount: '1' }), tier(null, { unit_amount: '0.9' })] },
    maximum_amount: '15',
  },
  {
    key: 'stairstep',
    meter: 'units',
    ...filterOf('stairstep'),
    price: { model: 'stairstep', tiers: [tier('10', { flat_amount: '5' }), tier(null, { flat_amount: '50' })] },
  },
  {
    key: 'package',
    meter: 'units',
    ...filterOf('package'),
    price: { model: 'package', size: '10', amount: '3' },
    convert: { divide: '2', round: 'up' },
  },
  {
    key: 'matrix',
    meter: 'units',
    ...filterOf('matrix'),
    price: {
      model: 'matrix',
      dimensions: ['region'],
      rates: [{ values: ['eu'], unit_amount: '0.10' }],
      default_unit_amount: '0.12',
    },
  },
  {
    key: 'percentage',
    meter: 'units',
    ...filterOf('percentage'),
    price: { model: 'percentage', percent: '2.9', fixed_amount: '0.30', free_events: 1, maximum_per_event: '2' },
  },
  {
    key: 'shares',
    meter: 'units',
    ...filterOf('shares'),
    price: {
      model: 'graduated_percentage',
      tiers: [tier('10', { percent: '1', flat_amount: '2' }), tier(null, { percent: '0.5' })],
    },
    minimum_amount: '20',
  },
  {
    key: 'dynamic',
    meter: 'units',
    ...filterOf('dynamic'),
    price: { model: 'dynamic', multiplier: '1.2' },
    unit: { name: 'credits', rate: '0.01' },
  },
];
const USES = CHARGES.slice(2).map(({ key }) => key);

interface Line {
  readonly charge_key: string;
  readonly kind: string;
  readonly group?: Record<string, string>;
  readonly quantity: string;
  readonly amount: string;
  readonly steps: readonly unknown[];
}

describe.each(['embedded', 'distributed'] as const)('%s mode', (mode) => {
  let system: TestSystem;
  let api: TestClient;
  let ingest: TestClient;

  beforeAll(async () => {
    system = await startSystem(mode);
    ({ api, ingest } = await system.organization({ name: 'Every model', event_max_age_days: 70, grace_minutes: 0 }));
    await api.create('/v1/meters', {
      key: 'units',
      name: 'Units',
      event_type: 'used',
      aggregation: 'sum',
      value_property: 'n',
      group_by: ['use', 'region'],
    });
    await api.create('/v1/customers', { key: 'acme', name: 'Acme', time_zone: 'Asia/Kathmandu' });
    await api.create('/v1/plans', {
      key: 'all',
      name: 'All',
      currency: 'USD',
      minimum_amount: '500',
      charges: CHARGES,
    });
    await api.create('/v1/subscriptions', {
      customer: 'acme',
      plan: 'all',
      starts_on: PERIOD.from,
      quantities: { seats: '5' },
    });
  }, 120_000);
  afterAll(() => system?.stop(), 30_000);

  test('the invoice says what the quote says', async () => {
    const events = USES.flatMap((use, u) =>
      ['eu', 'us', 'eu'].map((region, n) => ({
        id: `${use}-${n}`,
        type: 'used',
        customer: 'acme',
        time: `${MONTH}-1${n}T10:00:00Z`,
        properties: { use, region, n: `${7 + u * 13 + n * 40}.25` },
      })),
    );
    await ingest.create('/v1/events', { events });
    await waitForRecords(api, events.length);

    const asked = {
      currency: 'USD',
      plan: { key: 'all' },
      customer: 'acme',
      period: PERIOD,
      quantities: { seats: '5' },
    };
    const { status, body: quote } = await api.post<{
      lines: (Omit<Line, 'charge_key'> & { charge: string | null })[];
      total: string;
    }>('/v1/quotes', asked);
    expect([status, quote]).toEqual([200, quote]);

    const { id } = await api.create<{ id: string }>('/v1/billing-runs', { period: MONTH });
    let run: { state: string; parked: unknown[] } | undefined;
    await waitFor(
      async () => {
        run = (await api.get<NonNullable<typeof run>>(`/v1/billing-runs/${id}`)).body;
        return run.state === 'completed' || run.state === 'failed';
      },
      { timeoutMs: 60_000, describe: () => `the billing run to end; it says ${JSON.stringify(run)}` },
    );
    expect(run).toMatchObject({ state: 'completed', parked: [] });
    const [made] = (await api.get<{ data: { id: string }[] }>('/v1/invoices')).body.data;
    const invoice = (await api.get<{ lines: Line[]; total: string }>(`/v1/invoices/${made?.id}`)).body;

    const said = quote.lines.map(({ charge, group, quantity, amount, steps }) => ({
      charge,
      group,
      quantity,
      amount,
      steps,
    }));
    const billed = invoice.lines.map(({ charge_key, group = null, quantity, amount, steps }) => ({
      charge: charge_key === '' ? null : charge_key,
      group,
      quantity,
      amount,
      steps,
    }));
    expect(billed).toEqual(said);
    expect(invoice.total).toBe(quote.total);
    expect(new Set(billed.map(({ charge }) => charge))).toEqual(new Set([...CHARGES.map(({ key }) => key), null]));
  }, 120_000);
});
