import type { LoadOptions, LoadResult } from '../load/load-options.ts';
import { startMeter } from '../measure/start-meter.ts';
import { startWorker } from '../worker/start-worker.ts';
import type { Workload } from '../workload.ts';
import type { HttpOptions } from './serve-http.ts';

export interface HttpLimit {
  readonly eventsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** µs an event. */
  readonly serverCpu: number;
  readonly generatorCpu: number;
}

/** The workload against a server that does nothing with it. */
export async function measureHttp(kind: HttpOptions['kind'], workload: Workload): Promise<HttpLimit> {
  const options: HttpOptions = { kind, eventsPerRequest: workload.perRequest };
  const server = await startWorker<{ url: string }, null>('raw/serve-http.ts', options);
  try {
    const loadOptions: LoadOptions = { url: server.info.url, key: 'none', workload };
    const generator = await startWorker<unknown, LoadResult>('load/generator.ts', loadOptions);
    try {
      const meter = startMeter({ server: { pid: server.pid } });
      const { seconds, cpuSeconds, p50, p99 } = await generator.run();
      const { processes } = meter.stop();
      const perEvent = (cpu: number) => (cpu * 1e6) / workload.events;
      return {
        eventsPerSecond: workload.events / seconds,
        p50,
        p99,
        serverCpu: perEvent(processes.server.cpuSeconds),
        generatorCpu: perEvent(cpuSeconds),
      };
    } finally {
      await generator.end();
    }
  } finally {
    await server.end();
  }
}
