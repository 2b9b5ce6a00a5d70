import { createTestDatabase } from '#tests/support/database.ts';
import type { Target } from '../measure/read-usage.ts';
import { startMeter } from '../measure/start-meter.ts';
import type { BenchServices } from '../system/start-bench-services.ts';
import type { OwnCost } from '../worker/own-cost.ts';
import { startWorker } from '../worker/start-worker.ts';
import type { Workload } from '../workload.ts';
import type { ConsumeOptions } from './consume.ts';
import type { ProduceOptions } from './produce.ts';

/** One stage alone. CPU in µs an event: of the process that does it, and of the server it talks to. */
export interface StageLimit {
  readonly eventsPerSecond: number;
  readonly clientCpu: number;
  readonly serverCpu: number;
}

interface Stage<Info> {
  readonly info: Info;
  readonly limit: StageLimit;
}

async function measureStage<Info>(
  script: string,
  options: unknown,
  events: number,
  server?: Target,
): Promise<Stage<Info>> {
  const worker = await startWorker<Info, OwnCost>(script, options);
  try {
    const meter = server && startMeter({ server });
    const { seconds, cpuSeconds } = await worker.run();
    const serverSeconds = meter?.stop().processes.server.cpuSeconds ?? 0;
    const limit = {
      eventsPerSecond: events / seconds,
      clientCpu: (cpuSeconds * 1e6) / events,
      serverCpu: (serverSeconds * 1e6) / events,
    };
    return { info: worker.info, limit };
  } finally {
    await worker.end();
  }
}

/** As many as `npm run migrate` makes for the systems under test. */
const PARTITIONS = 4;

/** The records of a workload written to the broker, and read from it. */
export async function measureBroker(
  { kafka }: BenchServices,
  workload: Workload,
  perSend = 1000,
): Promise<{ produce: StageLimit; consume: StageLimit }> {
  const { brokers } = kafka;
  const server = { pid: kafka.pid() };
  const produceOptions: ProduceOptions = { brokers, workload, partitions: PARTITIONS, perSend };
  const produce = await measureStage<{ topic: string }>('raw/produce.ts', produceOptions, workload.events, server);
  const consumeOptions: ConsumeOptions = { brokers, topic: produce.info.topic, events: workload.events };
  const consume = await measureStage('raw/consume.ts', consumeOptions, workload.events, server);
  return { produce: produce.limit, consume: consume.limit };
}

/** The bare transaction, or the bare log of the embedded mode, in a database of its own. */
export async function measureOnPostgres(
  stage: 'transaction' | 'postgres-log',
  { postgres }: BenchServices,
  workload: Workload,
): Promise<StageLimit> {
  const database = await createTestDatabase();
  try {
    const options = { databaseUrl: database.url, workload };
    const server = { pid: postgres.pid, tree: true } as const;
    return (await measureStage(`raw/${stage}.ts`, options, workload.events, server)).limit;
  } finally {
    await database.drop();
  }
}

export async function measureFold(workload: Workload): Promise<StageLimit> {
  return (await measureStage('raw/fold.ts', { workload }, workload.events)).limit;
}
