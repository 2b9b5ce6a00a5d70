import { cpus } from 'node:os';
import type { LoadOptions, LoadResult } from '../load/load-options.ts';
import { costColumns } from '../measure/costs.ts';
import { type Measured, startMeter } from '../measure/start-meter.ts';
import { startWorker } from '../worker/start-worker.ts';
import type { Workload } from '../workload.ts';
import type { BenchSystem } from './start-bench-system.ts';
import { assertExact, waitUntilCounted } from './truth.ts';

/**
 * One run of a workload in a new organization, from the first request until all is committed in usage_hourly, checked to be exact.
 * Rates in events/s, latencies in ms, `cpu …` in µs an event, `rss …` the most MiB resident. `sent again`: requests of which something was
 * answered `unavailable`. `cores busy elsewhere`: what other programs and this one took meanwhile; where it is not small, rates say little.
 */
export async function measureLoad(system: BenchSystem, workload: Workload): Promise<Record<string, number>> {
  const organization = await system.organization(workload.meters);
  const options: LoadOptions = { url: system.ingestUrl, key: organization.key, workload };
  const generator = await startWorker<unknown, LoadResult>('load/generator.ts', options);
  try {
    const meter = startMeter({ ...system.processes, generator: { pid: generator.pid } });
    const busyBefore = busySeconds();
    const load = await generator.run();
    await waitUntilCounted(system.truth, organization.id, workload.events);
    const seconds = (Date.now() - load.startedAt) / 1000;
    const { processes } = meter.stop();
    const busy = busySeconds() - busyBefore;
    const ours = Object.values<Measured>(processes).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    await assertExact(system.truth, organization.id, workload.events, organization.meters);
    return {
      'end to end/s': workload.events / seconds,
      'accepted/s': workload.events / load.seconds,
      'requests/s': workload.events / workload.perRequest / load.seconds,
      'sent again': Object.entries(load.answers).reduce((sum, [answer, n]) => sum + (answer === '200' ? 0 : n), 0),
      'p50 ms': load.p50,
      'p99 ms': load.p99,
      'cores busy': ours / seconds,
      'cores busy elsewhere': Math.max(0, busy - ours) / seconds,
      ...costColumns(processes, workload.events),
    };
  } finally {
    await generator.end();
  }
}

/** CPU seconds of the whole machine that were not idle. */
function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}
