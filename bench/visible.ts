import { parseArgs } from 'node:util';
import { createClient } from '#tests/support/client.ts';
import type { LoadOptions, LoadResult } from './load/load-options.ts';
import { writeReport } from './report.ts';
import { percentile, round } from './statistics.ts';
import { measureLoad } from './system/measure-load.ts';
import { startBenchServices } from './system/start-bench-services.ts';
import { type BenchOrganization, type BenchSystem, type Mode, startBenchSystem } from './system/start-bench-system.ts';
import { assertExact, waitUntilCounted } from './system/truth.ts';
import { startWorker } from './worker/start-worker.ts';
import { UNIFORM } from './workload.ts';

/*
 * `npm run bench:visible`: how long after its answer an event shows in GET /v1/usage, while Tollbook works at half of the most it can
 * (found in the same run). One half of the probes asks for the running hour, which the cache serves, the other for the hour before, which
 * the database does; they are told apart by what the answer says. Exit code 1 if an event is lost or doubled.
 */

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    mode: { type: 'string', default: 'distributed,embedded' },
  },
});
const seconds = Number(flags.seconds ?? (flags.quick ? 15 : 60));
const PROBES_AT_ONCE = 6;
/** Looking is work for the same cores: more of it would measure itself. */
const LOOK_EVERY_MS = 50;
const GIVE_UP_MS = 60_000;
const HOUR = 3_600_000;

interface Probe {
  readonly source: string;
  readonly ms: number;
}

/** Sends one event after the other until `isOver`, each after the one before was seen. */
async function probe(
  system: BenchSystem,
  { key }: BenchOrganization,
  name: string,
  hoursBack: number,
  isOver: () => boolean,
): Promise<Probe[]> {
  const ingest = createClient(system.ingestUrl, key);
  const api = createClient(system.apiUrl, key);
  const seen: Probe[] = [];
  const sent = new Map<number, number>();
  while (!isOver()) {
    const time = Date.now() - hoursBack * HOUR;
    const hour = Math.floor(time / HOUR) * HOUR;
    const expected = (sent.get(hour) ?? 0) + 1;
    sent.set(hour, expected);
    const event = { id: `${name}-${hour}-${expected}`, type: 'api.request', customer: name, time };
    const { status, body } = await ingest.post('/v1/events', event);
    if (status !== 200) throw new Error(`a probe was answered ${status}: ${JSON.stringify(body)}`);
    seen.push(await untilSeen(api, name, hour, expected));
  }
  return seen;
}

interface Usage {
  readonly source: string;
  readonly data: readonly { readonly event_count: number }[];
}

async function untilSeen(
  api: ReturnType<typeof createClient>,
  customer: string,
  hour: number,
  expected: number,
): Promise<Probe> {
  const [from, to] = [hour, hour + HOUR].map((at) => new Date(at).toISOString());
  const question = `/v1/usage?meter=requests&customer=${customer}&window=hour&from=${from}&to=${to}`;
  const answered = performance.now();
  for (;;) {
    const { status, body } = await api.get<Usage>(question);
    const ms = performance.now() - answered;
    const count = body.data?.[0]?.event_count ?? 0;
    if (count > expected) throw new Error(`WRONG: ${customer} shows ${count} events after ${expected} were sent`);
    if (count === expected) return { source: body.source, ms };
    if (ms > GIVE_UP_MS)
      throw new Error(`WRONG: ${customer} shows ${count} of ${expected} events after a minute (${status})`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function measureMode(mode: Mode, system: BenchSystem) {
  const workload = { ...UNIFORM, events: flags.quick ? 60_000 : 100_000 };
  await measureLoad(system, { ...workload, events: 40_000 });
  const most = (await measureLoad(system, workload))['end to end/s'] as number;
  const rate = most / 2;
  console.log(`${mode}: at most ${round(most)} events/s; ${seconds} s at ${round(rate)}`);
  const organization = await system.organization(1);
  const events = Math.round((rate * seconds) / UNIFORM.perRequest) * UNIFORM.perRequest;
  const options: LoadOptions = {
    url: system.ingestUrl,
    key: organization.key,
    workload: { ...UNIFORM, events, senders: 32 },
    rate,
  };
  const generator = await startWorker<unknown, LoadResult>('load/generator.ts', options);
  try {
    let over = false;
    const loading = generator.run().finally(() => {
      over = true;
    });
    const probes = await Promise.all(
      Array.from({ length: PROBES_AT_ONCE }, (_, i) => probe(system, organization, `probe-${i}`, i % 2, () => over)),
    );
    const load = await loading;
    const all = probes.flat();
    await waitUntilCounted(system.truth, organization.id, events + all.length);
    await assertExact(system.truth, organization.id, events + all.length, 1);
    return { most, rate, load, probes: all };
  } finally {
    await generator.end();
  }
}

const services = await startBenchServices();
try {
  const results: Record<string, Record<string, number>> = {};
  for (const mode of flags.mode.split(',') as Mode[]) {
    const system = await startBenchSystem(mode, services);
    try {
      const { most, rate, load, probes } = await measureMode(mode, system);
      for (const source of new Set(probes.map((each) => each.source))) {
        const times = probes.filter((each) => each.source === source).map(({ ms }) => ms);
        results[`${mode}, from the ${source}`] = {
          'load/s': round(rate),
          'most/s': round(most),
          probes: times.length,
          'visible p50 ms': round(percentile(times, 0.5)),
          'visible p99 ms': round(percentile(times, 0.99)),
          'visible max ms': round(percentile(times, 1)),
          'request p99 ms': round(load.p99),
        };
      }
    } finally {
      await system.stop();
    }
  }
  console.table(results);
  await writeReport('visible', { seconds, database: services.settings, results });
} finally {
  await services.stop();
}
