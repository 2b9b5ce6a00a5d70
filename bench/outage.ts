import { parseArgs } from 'node:util';
import type { LoadOptions, LoadProgress, LoadResult } from './load/load-options.ts';
import { withDescendants } from './measure/descendants.ts';
import { startMeter } from './measure/start-meter.ts';
import { writeReport } from './report.ts';
import { round } from './statistics.ts';
import { measureLoad } from './system/measure-load.ts';
import { type BenchServices, startBenchServices } from './system/start-bench-services.ts';
import { type BenchSystem, startBenchSystem } from './system/start-bench-system.ts';
import { assertExact, waitUntilCounted } from './system/truth.ts';
import { startWorker } from './worker/start-worker.ts';
import { UNIFORM } from './workload.ts';

/*
 * `npm run bench:outage`: the broker frozen (SIGSTOP), killed (-9), and frozen together with Postgres, for a minute each at full load. Many senders go on asking all the
 * time. Tells what ingest and the aggregator hold in memory, what the senders were told and how long that took, how soon it goes on, and
 * that afterwards every event is counted once. Exit code 1 if one is lost or doubled.
 */

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    senders: { type: 'string', default: '256' },
    fault: { type: 'string', default: 'freeze,kill,freeze-both' },
  },
});
const seconds = Number(flags.seconds ?? (flags.quick ? 10 : 60));
const events = flags.quick ? 100_000 : 300_000;
/** Share of all that is taken before the fault. */
const BEFORE = 1 / 3;
const SETTLED_MS = 1000;

/** What is done to the broker, and to Postgres with it. */
type Fault = 'freeze' | 'kill' | 'freeze-both';

const WHAT_HAPPENS: Readonly<Record<Fault, string>> = {
  freeze: 'the broker is frozen',
  kill: 'the broker is killed',
  'freeze-both': 'the broker and Postgres are frozen',
};

interface Outage {
  startedAt: number;
  endedAt: number;
  /** Progress a second after it began and when it was over. */
  before: LoadProgress;
  after: LoadProgress;
  /** Epoch milliseconds of the first sign that events are taken again. */
  goesOnAt: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for full load, then takes the broker away. */
async function causeOutage(
  { kafka, postgres }: BenchServices,
  fault: Fault,
  latest: () => LoadProgress,
): Promise<Outage> {
  while (latest().taken < events * BEFORE) await pause(50);
  const startedAt = Date.now();
  const frozen = fault === 'freeze-both' ? withDescendants(postgres.pid) : [];
  if (fault === 'kill') await kafka.kill();
  else kafka.freeze();
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  // What was on its way is answered, and the progress told twice a second is no older than the fault.
  await pause(SETTLED_MS);
  const before = latest();
  await pause(seconds * 1000 - SETTLED_MS);
  const after = latest();
  const endedAt = Date.now();
  for (const pid of frozen) process.kill(pid, 'SIGCONT');
  if (fault === 'kill') await kafka.restart();
  else kafka.resume();
  while (latest().taken <= after.taken) await pause(50);
  return { startedAt, endedAt, before, after, goesOnAt: Date.now() };
}

async function measureOutage(system: BenchSystem, services: BenchServices, fault: Fault) {
  const organization = await system.organization(1);
  const options: LoadOptions = {
    url: system.ingestUrl,
    key: organization.key,
    workload: { ...UNIFORM, events, senders: Number(flags.senders) },
    stubborn: true,
  };
  const generator = await startWorker<unknown, LoadResult>('load/generator.ts', options);
  try {
    const { ingest, aggregator } = system.processes;
    if (!ingest || !aggregator) throw new Error('the outage of a broker needs the distributed mode');
    const meter = startMeter({ ingest, aggregator }, 500);
    const began = Date.now();
    let progress: LoadProgress = { taken: 0, answers: {}, slowestMs: 0 };
    let ended: Error | undefined;
    const loading = generator.run((told) => {
      progress = told as LoadProgress;
    });
    loading.then(
      () => {
        ended = new Error('the load was over before the outage: send more events');
      },
      (error: Error) => {
        ended = error;
      },
    );
    const outage = await causeOutage(services, fault, () => {
      if (ended) throw ended;
      return progress;
    });
    const load = await loading;
    await waitUntilCounted(system.truth, organization.id, events);
    const counted = Date.now();
    const { processes, samples } = meter.stop();
    await assertExact(system.truth, organization.id, events, 1);
    const during = samples.filter((each) => each.seconds * 1000 <= outage.endedAt - began);
    const most = (name: string) => Math.max(...during.map(({ residentMib }) => residentMib[name] ?? 0));
    const answers = Object.fromEntries(
      Object.entries(outage.after.answers).map(([answer, count]) => [
        answer,
        count - (outage.before.answers[answer] ?? 0),
      ]),
    );
    const figures = {
      events,
      'outage s': round((outage.endedAt - outage.startedAt) / 1000),
      'ingest MiB until its end': most('ingest'),
      'aggregator MiB until its end': most('aggregator'),
      'ingest MiB': processes.ingest.maxResidentMib,
      'aggregator MiB': processes.aggregator.maxResidentMib,
      'slowest answer ms': round(outage.after.slowestMs),
      'taken again after s': round((outage.goesOnAt - outage.endedAt) / 1000),
      'all counted after s': round((counted - outage.endedAt) / 1000),
      'doubled in the log': await doubled(system, organization.id),
    };
    return { figures, answers_during: answers, answers: load.answers, samples };
  } finally {
    await generator.end();
  }
}

/** Records that came into the log more than once because an answer was lost. Identity removed them. */
async function doubled({ truth }: BenchSystem, organizationId: number): Promise<number> {
  const { rows } = await truth.query<{ records: string }>(
    "SELECT coalesce(sum(records), 0) AS records FROM record_counts WHERE organization_id = $1 AND outcome = 'duplicate'",
    [organizationId],
  );
  return Number(rows[0]?.records);
}

const services = await startBenchServices();
try {
  const system = await startBenchSystem('distributed', services);
  try {
    await measureLoad(system, { ...UNIFORM, events: 40_000 });
    const results: Record<string, Awaited<ReturnType<typeof measureOutage>>> = {};
    for (const fault of flags.fault.split(',') as Fault[]) {
      console.log(`${WHAT_HAPPENS[fault]} for ${seconds} s`);
      const result = await measureOutage(system, services, fault);
      results[fault] = result;
      console.log('requests answered meanwhile:', result.answers_during);
    }
    console.table(Object.fromEntries(Object.entries(results).map(([fault, { figures }]) => [fault, figures])));
    await writeReport('outage', { senders: Number(flags.senders), database: services.settings, results });
  } finally {
    await system.stop();
  }
} finally {
  await services.stop();
}
