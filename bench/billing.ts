import { parseArgs } from 'node:util';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { CHUNK } from '#libs/invoicing/run/run-billing.ts';
import { insertBillingRun } from '#libs/invoicing/store/insert-billing-run.ts';
import { makeTemplate } from '#scripts/services/start.ts';
import { createTestDatabase } from '#tests/support/database.ts';
import type { BillOptions, BillResult } from './billing/bill.ts';
import { measureLateLook } from './billing/late-look.ts';
import { BILLED_WINDOW, LINES_EACH, putCustomers, settle } from './billing/put-customers.ts';
import { insertRaw } from './billing/raw-inserts.ts';
import { verifyRun } from './billing/verify.ts';
import { measureIngest } from './billing/with-ingest.ts';
import { startMeter } from './measure/start-meter.ts';
import { writeReport } from './report.ts';
import { round } from './statistics.ts';
import { readSettings, startBenchPostgres } from './system/start-bench-services.ts';
import { startWorker } from './worker/start-worker.ts';

/*
 * `npm run bench:billing`: a billing run for 100,000 customers with five charges each, from the first look at who is due to the last
 * finalized invoice, without pages; beside it the same rows put in by bare inserts. Memory of the process at a tenth of the customers, too.
 * `-- --ingest` instead: ingest at full load with and without a run in the same process; `-- --late`: the daily look for late usage of
 * customers who were billed, where there is none. Exit code 1 if an invoice is wrong, missing or double.
 */

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    customers: { type: 'string' },
    ingest: { type: 'boolean', default: false },
    late: { type: 'boolean', default: false },
    events: { type: 'string' },
  },
});
const customers = Number(flags.customers ?? (flags.quick ? 2_000 : 100_000));

/** As `npm run billing-run` starts it. */
const AS_SERVED = ['--max-semi-space-size=16'];

async function measureRun(postgres: { readonly url: string; readonly pid: number }, count: number) {
  const database = await createTestDatabase();
  const bare = await createTestDatabase();
  try {
    const owner = database.pool('owner');
    const runId = uuidv7(Date.now());
    const organizations: number[] = [];
    for (const each of [owner, bare.pool('owner')]) {
      const organizationId = await putCustomers(each, count);
      organizations.push(organizationId);
      const wanted = { organizationId, id: runId, requestedBy: 'bench', ...BILLED_WINDOW };
      await inTransaction(each, (tx) => insertBillingRun(tx, wanted));
      await settle(each);
    }
    const [organizationId] = organizations as [number];
    const options: BillOptions = { databaseUrl: database.url, organizationId, runId };
    const worker = await startWorker<null, BillResult>('billing/bill.ts', options, AS_SERVED);
    const meter = startMeter({ run: { pid: worker.pid }, postgres: { pid: postgres.pid, tree: true } });
    const ours = await worker.run();
    const { processes, samples } = meter.stop();
    await worker.end();
    await verifyRun(owner, organizationId, count);
    await settle(bare.pool('owner'));
    const raw = await insertRaw(database.url, bare.url, organizationId, CHUNK);
    return {
      figures: {
        customers: count,
        'invoices/s': round(count / ours.seconds),
        'raw invoices/s': round(count / raw.seconds),
        ratio: round(raw.seconds / ours.seconds),
        'lines/s': round((count * LINES_EACH) / ours.seconds),
        'cpu run µs/invoice': round((ours.cpuSeconds * 1e6) / count),
        'cpu postgres µs/invoice': round((processes.postgres.cpuSeconds * 1e6) / count),
        'rss run MiB': processes.run.maxResidentMib,
      },
      memory: samples.filter((_, at) => at % Math.ceil(samples.length / 40) === 0),
    };
  } finally {
    await database.drop();
    await bare.drop();
  }
}

const postgres = await startBenchPostgres();
try {
  await makeTemplate(postgres.url);
  process.env.TEST_DATABASE_URL = postgres.url;
  const settings = await readSettings(postgres.url);
  if (flags.ingest) {
    const figures = await measureIngest(customers, Number(flags.events ?? (flags.quick ? 50_000 : 300_000)));
    console.table(figures);
    await writeReport('billing', { customers, database: settings, ingest: figures });
  } else if (flags.late) {
    const figures = await measureLateLook(customers);
    console.table([figures]);
    await writeReport('billing', { customers, chunk: CHUNK, database: settings, late: figures });
  } else {
    const small = await measureRun(postgres, Math.max(200, Math.round(customers / 10)));
    const whole = await measureRun(postgres, customers);
    console.table([small.figures, whole.figures]);
    await writeReport('billing', {
      customers,
      chunk: CHUNK,
      database: settings,
      results: [small.figures, whole.figures],
      memory: whole.memory,
    });
  }
} finally {
  await postgres.stop();
}
