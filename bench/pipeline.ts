import { parseArgs } from 'node:util';
import { ceiling, type Limits, measureLimits } from './raw/measure-limits.ts';
import { writeReport } from './report.ts';
import { medians, round } from './statistics.ts';
import { measureLoad } from './system/measure-load.ts';
import { type BenchServices, startBenchServices } from './system/start-bench-services.ts';
import { type BenchSystem, type Mode, startBenchSystem } from './system/start-bench-system.ts';
import { UNIFORM, type Workload } from './workload.ts';

/*
 * `npm run bench:pipeline`: events per second from the HTTP request to the committed hourly row, in both modes and for several workloads,
 * beside every stage of that way measured alone in the same run. Everything shares this machine, the load generator too, so read the
 * ratios. Each figure is the median of rounds in which all workloads and limits take turns. Exit code 1 if an event is lost or doubled.
 */

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    events: { type: 'string' },
    mode: { type: 'string', default: 'distributed,embedded' },
    workload: { type: 'string', default: 'all' },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const events = Number(flags.events ?? (flags.quick ? 50_000 : 100_000));
const base: Workload = { ...UNIFORM, events };

const WORKLOADS: Readonly<Record<string, Workload>> = {
  uniform: base,
  skewed: { ...base, mix: 'skewed' },
  '64 senders, 1 customer': { ...base, senders: 64, customers: 1 },
  '64 senders, 64 customers': { ...base, senders: 64, customers: 64 },
  '20,000 customers, 3 meters': { ...base, customers: 20_000, meters: 3 },
  'ids UUIDv4': { ...base, ids: 'uuidv4' },
  'ids UUIDv7': { ...base, ids: 'uuidv7' },
};
const chosen = Object.entries(WORKLOADS).filter(([name]) => flags.workload === 'all' || flags.workload === name);

type Figures = Record<string, number>;

async function measureMode(mode: Mode, services: BenchServices, limits?: Limits[]) {
  const system = await startBenchSystem(mode, services);
  try {
    await warmUp(system);
    const measured = new Map<string, Figures[]>();
    for (let turn = 1; turn <= rounds; turn += 1) {
      console.log(`${mode}: round ${turn} of ${rounds}`);
      limits?.push(await measureLimits(services, base));
      for (const [name, workload] of chosen) {
        const figures = await measureLoad(system, workload);
        measured.set(name, [...(measured.get(name) ?? []), figures]);
      }
    }
    return { settings: system.databaseSettings, measured };
  } finally {
    await system.stop();
  }
}

/** Compiles the code and makes the day's tables. The first seconds of a process say nothing of the rest of its life. */
const warmUp = (system: BenchSystem) => measureLoad(system, { ...base, events: 40_000 });

const services = await startBenchServices();
try {
  const limitRounds: Limits[] = [];
  const byMode = new Map<Mode, Awaited<ReturnType<typeof measureMode>>>();
  for (const mode of flags.mode.split(',') as Mode[])
    byMode.set(mode, await measureMode(mode, services, byMode.size === 0 ? limitRounds : undefined));
  const limits = medians(limitRounds);
  console.log('\nEach stage alone: events/s, CPU in µs an event');
  console.table(limits);
  const results: Record<string, unknown> = {};
  for (const [mode, { settings, measured }] of byMode) {
    const most = round(ceiling(mode, limits));
    const table = Object.fromEntries(
      [...measured].map(([name, figures]) => {
        const figure = medians(figures);
        return [name, { ratio: round((figure['end to end/s'] as number) / most), ...figure }];
      }),
    );
    console.log(
      `\n${mode}: ceiling ${most} events/s (2 cores ÷ CPU of the stages alone), fsync ${settings.fsync}, synchronous_commit ${settings.synchronous_commit}`,
    );
    console.table(withoutCosts(table));
    console.table(costsOnly(table));
    results[mode] = {
      ceiling_per_second: most,
      database: settings,
      workloads: table,
      rounds: Object.fromEntries(measured),
    };
  }
  await writeReport('pipeline', { workloads: WORKLOADS, rounds, limits, limit_rounds: limitRounds, results });
} finally {
  await services.stop();
}

function columns(table: Record<string, Figures>, wanted: (name: string) => boolean): Record<string, Figures> {
  const keep = (figures: Figures) => Object.fromEntries(Object.entries(figures).filter(([name]) => wanted(name)));
  return Object.fromEntries(Object.entries(table).map(([name, figures]) => [name, keep(figures)]));
}

function withoutCosts(table: Record<string, Figures>): Record<string, Figures> {
  return columns(table, (name) => !/^(cpu|rss) /.test(name));
}

function costsOnly(table: Record<string, Figures>): Record<string, Figures> {
  return columns(table, (name) => /^(cpu|rss) /.test(name));
}
