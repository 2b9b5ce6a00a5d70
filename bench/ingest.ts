import { parseArgs } from 'node:util';
import { measureHttp } from './raw/measure-http.ts';
import { measureBroker } from './raw/measure-raw.ts';
import { writeReport } from './report.ts';
import { medians, round } from './statistics.ts';
import { measureLoad } from './system/measure-load.ts';
import { type BenchServices, startBenchServices } from './system/start-bench-services.ts';
import { type Mode, startBenchSystem } from './system/start-bench-system.ts';
import { UNIFORM, type Workload } from './workload.ts';

/*
 * `npm run bench:ingest`: requests with one event, each answered only when it is durable, at several numbers of senders; and batches of
 * 1, 100 and 1,000; in both modes, with everything else at work too. Beside it, in the same run, a bare node:http server and a bare
 * Express with the same requests, and the broker alone. Exit code 1 if an event is lost or doubled.
 */

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    mode: { type: 'string', default: 'distributed,embedded' },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const scale = flags.quick ? 0.25 : 1;

const workload = (events: number, perRequest: number, senders: number): Workload => ({
  ...UNIFORM,
  events: Math.ceil((events * scale) / perRequest) * perRequest,
  perRequest,
  senders,
});

const SINGLE = workload(20_000, 1, 64);
const WORKLOADS: Readonly<Record<string, Workload>> = {
  '1 event, 1 sender': workload(2000, 1, 1),
  '1 event, 8 senders': workload(12_000, 1, 8),
  '1 event, 64 senders': SINGLE,
  '1 event, 256 senders': workload(20_000, 1, 256),
  '100 events, 16 senders': workload(80_000, 100, 16),
  '1,000 events, 8 senders': workload(80_000, 1000, 8),
};

const SHOWN = [
  'accepted/s',
  'requests/s',
  'end to end/s',
  'p50 ms',
  'p99 ms',
  'cpu server',
  'cpu ingest',
  'cpu tollbook',
  'cpu broker',
  'cpu generator',
];

type Figures = Record<string, number>;
const measured = new Map<string, Figures[]>();
const note = (name: string, figures: Figures) => measured.set(name, [...(measured.get(name) ?? []), figures]);

async function measureLimits(services: BenchServices): Promise<void> {
  for (const kind of ['parse', 'express'] as const) {
    const name = kind === 'parse' ? 'bare node:http' : 'bare Express';
    const limit = await measureHttp(kind, SINGLE);
    note(`${name}: 1 event, 64 senders`, {
      'accepted/s': limit.eventsPerSecond,
      'requests/s': limit.eventsPerSecond,
      'p50 ms': limit.p50,
      'p99 ms': limit.p99,
      'cpu server': limit.serverCpu,
      'cpu generator': limit.generatorCpu,
    });
  }
  for (const perSend of [1, 100, 1000]) {
    const { produce } = await measureBroker(services, perSend === 1 ? SINGLE : workload(80_000, 100, 16), perSend);
    note(`bare broker: ${perSend} a send, 4 at once`, {
      'accepted/s': produce.eventsPerSecond,
      'requests/s': produce.eventsPerSecond / perSend,
      'cpu server': produce.clientCpu,
      'cpu broker': produce.serverCpu,
    });
  }
}

async function measureMode(mode: Mode, services: BenchServices): Promise<void> {
  const system = await startBenchSystem(mode, services);
  try {
    await measureLoad(system, workload(30_000, 100, 16));
    await measureLoad(system, SINGLE);
    for (let turn = 1; turn <= rounds; turn += 1) {
      console.log(`${mode}: round ${turn} of ${rounds}`);
      for (const [name, each] of Object.entries(WORKLOADS)) note(`${mode}: ${name}`, await measureLoad(system, each));
    }
  } finally {
    await system.stop();
  }
}

const services = await startBenchServices();
try {
  for (let turn = 1; turn <= rounds; turn += 1) await measureLimits(services);
  for (const mode of flags.mode.split(',') as Mode[]) await measureMode(mode, services);
  const results = Object.fromEntries([...measured].map(([name, figures]) => [name, medians(figures)]));
  const limit = results['bare Express: 1 event, 64 senders']?.['requests/s'] ?? 0;
  console.table(Object.fromEntries(Object.entries(results).map(([name, figures]) => [name, shown(figures)])));
  for (const mode of flags.mode.split(',')) {
    const ours = results[`${mode}: 1 event, 64 senders`]?.['requests/s'] ?? 0;
    console.log(
      `${mode}: ${ours} single-event requests/s with a durable answer, ${round(ours / limit)} of bare Express`,
    );
  }
  await writeReport('ingest', { rounds, database: services.settings, workloads: WORKLOADS, results });
} finally {
  await services.stop();
}

function shown(figures: Figures): Figures {
  return Object.fromEntries(SHOWN.filter((name) => name in figures).map((name) => [name, figures[name] as number]));
}
