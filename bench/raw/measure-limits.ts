import type { BenchServices } from '../system/start-bench-services.ts';
import type { Mode } from '../system/start-bench-system.ts';
import type { Workload } from '../workload.ts';
import { measureHttp } from './measure-http.ts';
import { measureBroker, measureFold, measureOnPostgres } from './measure-raw.ts';

/** Every stage of the way of an event, measured alone. `… /s` in events/s, `… cpu` in µs an event, `… server cpu` of Kafka or Postgres. */
export type Limits = Readonly<Record<string, number>>;

export async function measureLimits(services: BenchServices, workload: Workload): Promise<Limits> {
  const sink = await measureHttp('sink', workload);
  const parse = await measureHttp('parse', workload);
  const { produce, consume } = await measureBroker(services, workload);
  const fold = await measureFold(workload);
  const transaction = await measureOnPostgres('transaction', services, workload);
  const postgresLog = await measureOnPostgres('postgres-log', services, workload);
  const stages = { produce, consume, fold, transaction, 'postgres log': postgresLog };
  return {
    'generator/s': sink.eventsPerSecond,
    'generator cpu': sink.generatorCpu,
    'http parse/s': parse.eventsPerSecond,
    'http parse cpu': parse.serverCpu,
    ...Object.fromEntries(
      Object.entries(stages).flatMap(([name, limit]) => [
        [`${name}/s`, limit.eventsPerSecond],
        [`${name} cpu`, limit.clientCpu],
        [`${name} server cpu`, limit.serverCpu],
      ]),
    ),
  };
}

const STAGES: Readonly<Record<Mode, readonly string[]>> = {
  distributed: ['generator', 'http parse', 'produce', 'consume', 'fold', 'transaction'],
  embedded: ['generator', 'http parse', 'postgres log', 'fold', 'transaction'],
};

/** What two cores could do if the stages cost what they cost alone and nothing else cost anything. Events/s. */
export function ceiling(mode: Mode, limits: Limits): number {
  const cpu = STAGES[mode].reduce(
    (sum, stage) => sum + (limits[`${stage} cpu`] ?? 0) + (limits[`${stage} server cpu`] ?? 0),
    0,
  );
  return 2e6 / cpu;
}
