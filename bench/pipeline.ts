import { parseArgs } from 'node:util';
import { createPool } from '#libs/database/pool.ts';
import { startServices } from '#scripts/services/start.ts';
import { startSystem, waitForRecords } from '#tests/support/system.ts';
import { bareTransactionRate } from './bare-transaction.ts';
import { sendLoad } from './load.ts';
import { writeReport } from './report.ts';
import { benchEvents, requestBodies } from './workload.ts';

/*
 * `npm run bench:pipeline`: events per second from the HTTP request to the committed hourly row, in both modes, beside the bare
 * Postgres transaction with the same rows in the same run. Everything runs on this machine, the load generator too, so read the
 * ratios and not the absolute figures.
 */

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    customers: { type: 'string', default: '1000' },
    batch: { type: 'string', default: '100' },
    senders: { type: 'string', default: '8' },
  },
});
const count = Number(flags.events);

async function measure(mode: 'embedded' | 'distributed') {
  const system = await startSystem(mode);
  try {
    const { api, ingest: _, adminKey } = await system.organization({ name: 'Bench' });
    await api.create('/v1/meters', {
      key: 'requests',
      name: 'Requests',
      event_type: 'api.request',
      aggregation: 'count',
    });
    const bodies = requestBodies(benchEvents(count, Number(flags.customers), Date.now()), Number(flags.batch));
    const started = performance.now();
    const load = await sendLoad({
      url: system.ingestUrl,
      key: adminKey,
      bodies,
      eventsPerBody: Number(flags.batch),
      senders: Number(flags.senders),
    });
    await waitForRecords(api, count, 300_000);
    const endToEnd = count / ((performance.now() - started) / 1000);
    const databaseUrl = await system.databaseUrl();
    await assertExact(databaseUrl);
    const bare = await bareTransactionRate(databaseUrl, benchEvents(count, Number(flags.customers), Date.now()));
    return {
      mode,
      accepted_per_second: Math.round(load.events / load.seconds),
      end_to_end_per_second: Math.round(endToEnd),
      bare_transaction_per_second: Math.round(bare),
      ratio_to_bare: Number((endToEnd / bare).toFixed(2)),
      request_p50_ms: Number(load.p50.toFixed(1)),
      request_p99_ms: Number(load.p99.toFixed(1)),
    };
  } finally {
    await system.stop();
  }
}

/** A benchmark that lost or doubled an event would measure the wrong thing. */
async function assertExact(databaseUrl: string): Promise<void> {
  const pool = createPool({ connectionString: databaseUrl, role: 'owner', applicationName: 'bench', max: 1 });
  const { rows } = await pool.query<{ sum: string }>('SELECT sum(event_count) FROM usage_hourly');
  await pool.end();
  if (Number(rows[0]?.sum) !== count)
    throw new Error(`${rows[0]?.sum} events are in the aggregates instead of ${count}`);
}

const services = await startServices();
try {
  const results = [];
  for (const mode of ['embedded', 'distributed'] as const) results.push(await measure(mode));
  console.table(Object.fromEntries(results.map(({ mode, ...figures }) => [mode, figures])));
  const workload = {
    events: count,
    customers: Number(flags.customers),
    events_per_request: Number(flags.batch),
    senders: Number(flags.senders),
  };
  await writeReport('pipeline', { workload, results });
} finally {
  await services.stop();
}
