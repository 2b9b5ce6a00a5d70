import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lastFullMonth } from '#scripts/demo/workload.ts';
import { CHARGES_OF_EVERY_MODEL, USES } from '../support/charges-of-every-model.ts';
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
      charges: CHARGES_OF_EVERY_MODEL,
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
    expect(new Set(billed.map(({ charge }) => charge))).toEqual(
      new Set([...CHARGES_OF_EVERY_MODEL.map(({ key }) => key), null]),
    );
  }, 120_000);
});
