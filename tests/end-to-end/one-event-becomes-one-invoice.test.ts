import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { differences, type Invoice } from '#scripts/demo/compare.ts';
import { expectedInvoices, PLAN } from '#scripts/demo/expected.ts';
import { createWorkload, lastFullMonth } from '#scripts/demo/workload.ts';
import type { TestClient } from '../support/client.ts';
import { pdfText } from '../support/pdf-text.ts';
import { startSystem, type TestSystem, waitForRecords } from '../support/system.ts';
import { waitFor } from '../support/wait-for.ts';

/*
 * The whole path, as a customer of Tollbook would go it, in both modes: usage in over HTTP, a month billed, invoices compared with a
 * calculation that shares no code with the product.
 */

const workload = createWorkload({ period: lastFullMonth(new Date()), events: 4000, customers: 9, seed: 7 });
const expected = expectedInvoices(workload);
const GRACE = 44_640;

describe.each(['embedded', 'distributed'] as const)('%s mode', (mode) => {
  let system: TestSystem;
  let api: TestClient;
  let ingest: TestClient;
  let invoices: (Invoice & { state: string })[];

  beforeAll(async () => {
    // As talkative as it can be: what it logs is searched for secrets after the last test. Of the others, tests/support/api-process.ts and
    // ingest.ts do so: here their labels must not wait for a log.
    system = await startSystem(mode, mode === 'embedded' ? { environment: { TOLLBOOK_LOG_LEVEL: 'trace' } } : {});
    ({ api, ingest } = await system.organization({
      name: 'End to end',
      event_max_age_days: 70,
      // Longer than any month: the last one is in its grace until the test ends it.
      grace_minutes: GRACE,
    }));
    await api.create('/v1/meters', {
      key: 'api_requests',
      name: 'API requests',
      event_type: 'api.request',
      aggregation: 'count',
    });
    await api.create('/v1/meters', {
      key: 'gigabytes',
      name: 'Data transfer',
      event_type: 'data.transfer',
      aggregation: 'sum',
      value_property: 'gigabytes',
    });
    await api.create('/v1/plans', PLAN);
    for (const customer of workload.customers) {
      await api.create('/v1/customers', customer);
      await api.create('/v1/subscriptions', {
        customer: customer.key,
        plan: PLAN.key,
        starts_on: `${workload.period}-01`,
      });
    }
    // As if they had been entered then: the schedule leaves alone what had ended before it was known.
    await asOwner((owner) => owner.query('UPDATE subscriptions SET created_at = starts_on'));
  }, 120_000);
  afterAll(() => system?.stop(), 30_000);

  const asOwner = async <T>(work: (owner: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: await system.databaseUrl() });
    await client.connect();
    return work(client).finally(() => client.end());
  };

  const run = async () => {
    const { id } = await api.create<{ id: string }>('/v1/billing-runs', { period: workload.period });
    let last: { state: string; state_reason: string | null; parked: unknown[] } | undefined;
    await waitFor(
      async () => {
        last = (await api.get<NonNullable<typeof last>>(`/v1/billing-runs/${id}`)).body;
        return last.state === 'completed' || last.state === 'failed';
      },
      { timeoutMs: 60_000, describe: () => `the billing run to end; it says ${JSON.stringify(last)}` },
    );
    expect(last).toMatchObject({ state: 'completed' });
  };

  const allInvoices = async () => {
    const { body } = await api.get<{ data: { id: string }[] }>('/v1/invoices?limit=100');
    return Promise.all(
      body.data.map(async ({ id }) => (await api.get<Invoice & { state: string }>(`/v1/invoices/${id}`)).body),
    );
  };

  test('every event gets a definite answer', async () => {
    let accepted = 0;
    let duplicates = 0;
    for (let at = 0; at < workload.deliveries.length; at += 250) {
      const { status, body } = await ingest.post<{ accepted: number; duplicates: number; failed: unknown[] }>(
        '/v1/events',
        { events: workload.deliveries.slice(at, at + 250) },
      );
      expect([status, body.failed]).toEqual([200, []]);
      accepted += body.accepted;
      duplicates += body.duplicates;
    }
    expect(accepted + duplicates).toBe(workload.deliveries.length);
    // Labels are best effort, but here nothing was away.
    expect(duplicates).toBe(workload.deliveries.length - workload.events.length);
  });

  test('each is counted once', async () => {
    await waitForRecords(api, workload.deliveries.length);
    const { body } = await api.get('/v1/reconciliation?from=1970-01-01&to=2100-01-01');
    expect(body).toMatchObject({
      records: workload.deliveries.length,
      counted: workload.events.length,
      duplicates: workload.deliveries.length - workload.events.length,
      conflicts: 0,
      dead_letters: 0,
      unassigned: 0,
    });
  });

  test('the month that is over is drafted, and by schedule alone becomes invoices that agree with an independent calculation to the cent', async () => {
    const drafted = async () => (await api.get<{ data: unknown[] }>('/v1/invoice-drafts?limit=100')).body.data.length;
    await waitFor(async () => (await drafted()) === workload.customers.length, {
      timeoutMs: 60_000,
      describe: () => 'a draft for each customer',
    });
    expect(await allInvoices()).toEqual([]);
    expect((await api.patch('/v1/organization', { grace_minutes: 0 })).status).toBe(200);
    const pages = () => asOwner(async (owner) => (await owner.query('SELECT FROM invoice_pdfs')).rowCount);
    await waitFor(async () => (await pages()) === workload.customers.length, {
      timeoutMs: 60_000,
      describe: () => 'a page of each invoice',
    });
    expect(await drafted()).toBe(0);
    const { body: runs } = await api.get<{ data: unknown[] }>('/v1/billing-runs');
    expect(runs.data).toEqual([
      expect.objectContaining({ requested_by: 'schedule', invoices_created: workload.customers.length }),
    ]);
    invoices = await allInvoices();
    expect(differences(invoices, expected)).toEqual([]);
    const numbers = invoices.map(({ number }) => number).sort();
    expect(numbers.map((number) => Number(number.split('-').at(-1)))).toEqual(workload.customers.map((_, i) => i + 1));
  });

  test('the PDF says the same', async () => {
    const invoice = invoices[0] as Invoice;
    const first = await api.bytes(`/v1/invoices/${invoice.id}/pdf`);
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const text = (await pdfText(first.bytes)).replaceAll(/[\s,]/g, '');
    for (const figure of [invoice.number, invoice.total, ...invoice.lines.map((line) => line.amount)])
      expect(text).toContain(figure);
    expect((await api.bytes(`/v1/invoices/${invoice.id}/pdf`)).bytes.equals(first.bytes)).toBe(true);
  });

  test('a second run makes nothing new', async () => {
    await run();
    expect((await allInvoices()).length).toBe(invoices.length);
  });

  test('a finalized invoice cannot be changed by SQL, whoever asks', async () => {
    await asOwner(async (client) => {
      const refused = /finalized documents never change/;
      await expect(client.query("UPDATE invoices SET total = '0'")).rejects.toThrow(refused);
      await expect(client.query('DELETE FROM invoice_lines')).rejects.toThrow(refused);
      await expect(client.query('TRUNCATE invoices CASCADE')).rejects.toThrow(refused);
      for (const role of ['tollbook_api', 'tollbook_worker']) {
        await client.query(`SET ROLE ${role}`);
        await expect(client.query("UPDATE invoices SET total = '0'")).rejects.toThrow(/permission denied/);
        await client.query('RESET ROLE');
      }
    });
  });

  test('regenerate voids the invoice, credits it and issues another for the usage as it is now', async () => {
    const [victim] = invoices as [Invoice & { state: string }];
    // In the middle of the month, which is the same month everywhere.
    const late = workload.events.find(
      ({ customer, type, time }) =>
        customer === victim.customer && type === 'api.request' && time.startsWith(`${workload.period}-15`),
    ) as (typeof workload.events)[0];
    const accepted = await ingest.post('/v1/events', { ...late, id: 'late-one' });
    expect(accepted.status).toBe(200);
    await waitForRecords(api, workload.deliveries.length + 1);

    const { status, body } = await api.post<{ voided: Invoice; credit_note: Invoice; invoice: Invoice }>(
      `/v1/admin/invoices/${victim.id}/regenerate`,
      { reason: 'late usage' },
    );
    expect(status).toBe(201);
    const requests = (invoice: Invoice) => Number(invoice.lines.find((line) => line.charge_key === 'api')?.quantity);
    const voided = (await api.get<Invoice & { state: string }>(`/v1/invoices/${victim.id}`)).body;
    expect(voided).toMatchObject({ state: 'voided', total: victim.total });
    const reissued = (await api.get<Invoice>(`/v1/invoices/${body.invoice.id}`)).body;
    expect(requests(reissued)).toBe(requests(victim) + 1);
    const note = (await api.get<Invoice>(`/v1/credit-notes/${body.credit_note.id}`)).body;
    expect(note.total).toBe(`-${victim.total}`);
    expect((await api.post(`/v1/admin/invoices/${victim.id}/regenerate`)).status).toBe(409);
    const text = await pdfText((await api.bytes(`/v1/credit-notes/${note.id}/pdf`)).bytes);
    expect(text).toContain(victim.number);
  });

  test('no route but health and the documents opens without a key', async () => {
    for (const url of [system.apiUrl, system.ingestUrl]) {
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      const ready = await fetch(`${url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([
        200,
        expect.objectContaining({ status: expect.any(String) }),
      ]);
      expect((await fetch(`${url}/metrics`)).status).toBe(401);
    }
    expect((await fetch(`${system.ingestUrl}/v1/events`, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(`${system.apiUrl}/v1/invoices`)).status).toBe(401);
  });
});
