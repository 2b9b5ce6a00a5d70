import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { type Api, createApi } from './api.ts';
import { differences, type Invoice } from './compare.ts';
import { countOutside, expectedInvoices, PLAN } from './expected.ts';
import { startProgress } from './progress.ts';
import { printInvoices, printReconciliation, type Reconciliation } from './report.ts';
import { type DemoServer, endLeftover, startDemoServer } from './server.ts';
import { createWorkload, lastFullMonth, type Workload } from './workload.ts';

/*
 * `npm run demo`: the whole path on one embedded process, over real HTTP, checked against a calculation of its own.
 * Exit code 0 only if every line of every invoice agrees.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, '.tollbook/demo');
const DATA = path.join(FOLDER, 'data');
const SENDERS = 4;
const PER_REQUEST = 500;

const { values: flags } = parseArgs({
  options: {
    stay: { type: 'boolean', default: false },
    events: { type: 'string', default: '100000' },
    customers: { type: 'string', default: '50' },
    seed: { type: 'string', default: '2026' },
  },
});

async function main(): Promise<boolean> {
  console.log(`\n  ${styleText('bold', 'Tollbook demo')}: a month of usage becomes invoices\n`);
  await endLeftover(DATA);
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(path.join(FOLDER, 'invoices'), { recursive: true });
  const workload = createWorkload({
    period: lastFullMonth(new Date()),
    events: Number(flags.events),
    customers: Number(flags.customers),
    seed: Number(flags.seed),
  });
  const server = await startDemoServer({ dataDir: DATA, root: ROOT });
  let ok = false;
  try {
    ok = await bill(server, workload);
  } finally {
    if (!flags.stay || !ok) await server.stop();
  }
  if (flags.stay && ok) await server.ended;
  return ok;
}

async function bill(server: DemoServer, workload: Workload): Promise<boolean> {
  const { admin_key } = await createApi(server.url, server.operatorKey).post<{ admin_key: string }>(
    '/v1/organizations',
    {
      name: 'Demo',
      event_max_age_days: 70,
      grace_minutes: 0,
      seller: {
        name: 'Nimbus Software Inc.',
        address_lines: ['500 Howard Street', 'San Francisco, CA 94105'],
        tax_id: 'US 12-3456789',
        email: 'billing@nimbus.example',
      },
    },
  );
  const api = createApi(server.url, admin_key);
  await createCatalog(api, workload);
  const sent = await sendAll(api, workload);
  await awaitCounting(api, workload);
  const invoices = await runBilling(api, workload);
  await savePdfs(api, invoices);

  const found = differences(invoices, expectedInvoices(workload));
  const reconciliation = await api.get<Reconciliation>(RECONCILIATION);
  printInvoices(invoices, workload);
  const reconciled = printReconciliation({
    workload,
    outside: countOutside(workload),
    sent,
    invoices,
    reconciliation,
  });
  for (const difference of found.slice(0, 20)) console.log(`  ${styleText('red', '✗')} ${difference}`);
  console.log(
    found.length === 0
      ? `  ${styleText('green', '✓')} ${invoices.length} invoices agree with an independent calculation to the cent`
      : `  ${styleText('red', '✗')} ${found.length} differences`,
  );
  console.log(`  PDFs: ${path.relative(process.cwd(), path.join(FOLDER, 'invoices'))}/\n`);
  if (flags.stay)
    console.log(
      `  It stays up at ${server.url}; admin key of the demo organization: ${admin_key}\n  Ctrl-C ends it.\n`,
    );
  return found.length === 0 && reconciled;
}

async function createCatalog(api: Api, workload: Workload): Promise<void> {
  await api.post('/v1/meters', {
    key: 'api_requests',
    name: 'API requests',
    event_type: 'api.request',
    aggregation: 'count',
  });
  await api.post('/v1/meters', {
    key: 'gigabytes',
    name: 'Data transfer',
    event_type: 'data.transfer',
    aggregation: 'sum',
    value_property: 'gigabytes',
  });
  await api.post('/v1/plans', PLAN);
  const progress = startProgress('customers', workload.customers.length);
  for (const [i, customer] of workload.customers.entries()) {
    await api.post('/v1/customers', customer);
    await api.post('/v1/subscriptions', { customer: customer.key, plan: PLAN.key, starts_on: `${workload.period}-01` });
    progress.update(i + 1);
  }
  progress.finish();
}

interface Sent {
  accepted: number;
  duplicates: number;
}

async function sendAll(api: Api, { deliveries }: Workload): Promise<Sent> {
  const progress = startProgress('events over HTTP', deliveries.length);
  const started = performance.now();
  const sent: Sent = { accepted: 0, duplicates: 0 };
  let next = 0;
  const sender = async () => {
    while (next < deliveries.length) {
      const chunk = deliveries.slice(next, next + PER_REQUEST);
      next += PER_REQUEST;
      const answer = await api.sendEvents(chunk);
      sent.accepted += answer.accepted;
      sent.duplicates += answer.duplicates;
      progress.update(sent.accepted + sent.duplicates);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  const rate = Math.round(deliveries.length / ((performance.now() - started) / 1000));
  progress.finish(`${rate.toLocaleString('en')} events/s`);
  return sent;
}

const RECONCILIATION = '/v1/reconciliation?from=1970-01-01&to=2100-01-01';

/** The run would wait for this by itself; here it is shown. */
async function awaitCounting(api: Api, { events }: Workload): Promise<void> {
  const progress = startProgress('counted exactly once', events.length);
  for (let counted = 0; counted < events.length; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ({ counted } = await api.get<Reconciliation>(RECONCILIATION));
    progress.update(counted);
  }
  progress.finish();
}

interface Run {
  readonly id: string;
  readonly state: string;
  readonly state_reason: string | null;
  readonly customers_due: number;
  readonly customers_done: number;
}

async function runBilling(api: Api, { period, customers }: Workload): Promise<Invoice[]> {
  const progress = startProgress('billing run', customers.length);
  let run = await api.post<Run>('/v1/billing-runs', { period });
  while (run.state !== 'completed') {
    if (run.state === 'failed') throw new Error(`the billing run failed: ${run.state_reason}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    run = await api.get<Run>(`/v1/billing-runs/${run.id}`);
    progress.update(run.customers_done);
  }
  progress.finish();
  const invoices: Invoice[] = [];
  let page: { data: { id: string }[]; next_cursor: string | null };
  let cursor = '';
  do {
    page = await api.get(`/v1/invoices?limit=100${cursor}`);
    for (const { id } of page.data) invoices.push(await api.get<Invoice>(`/v1/invoices/${id}`));
    cursor = `&cursor=${page.next_cursor}`;
  } while (page.next_cursor);
  return invoices;
}

async function savePdfs(api: Api, invoices: readonly Invoice[]): Promise<void> {
  const progress = startProgress('PDFs', invoices.length);
  for (const [i, invoice] of invoices.entries()) {
    await writeFile(
      path.join(FOLDER, 'invoices', `${invoice.number}.pdf`),
      await api.bytes(`/v1/invoices/${invoice.id}/pdf`),
    );
    progress.update(i + 1);
  }
  progress.finish();
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`\n  The demo failed: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
