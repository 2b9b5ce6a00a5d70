import { createPool, type Pool } from '#libs/database/pool.ts';
import type { TestClient } from '#tests/support/client.ts';
import { startSystem } from '#tests/support/system.ts';
import type { Target } from '../measure/read-usage.ts';
import { benchMeters, type Workload } from '../workload.ts';
import { type BenchServices, readSettings } from './start-bench-services.ts';

export type Mode = 'distributed' | 'embedded';

/** Tollbook as users start it, with the process ids of all that works for it. */
export interface BenchSystem {
  readonly mode: Mode;
  readonly ingestUrl: string;
  readonly apiUrl: string;
  readonly processes: Readonly<Record<string, Target>>;
  /** Owner's connections to its database. */
  readonly truth: Pool;
  readonly databaseSettings: Readonly<Record<string, string>>;
  /** A new organization with the meters of a workload. */
  organization(meters: Workload['meters']): Promise<BenchOrganization>;
  stop(): Promise<void>;
}

export interface BenchOrganization {
  readonly id: number;
  readonly key: string;
  readonly api: TestClient;
  readonly meters: number;
}

export async function startBenchSystem(mode: Mode, services: BenchServices): Promise<BenchSystem> {
  const system = await startSystem(mode);
  const databaseUrl = await system.databaseUrl();
  const truth = createPool({ connectionString: databaseUrl, role: 'owner', applicationName: 'bench', max: 2 });
  const { processes } = system;
  return {
    mode,
    ingestUrl: system.ingestUrl,
    apiUrl: system.apiUrl,
    truth,
    databaseSettings: await readSettings(databaseUrl),
    processes:
      mode === 'embedded'
        ? { tollbook: { pid: processes.ingest.pid }, postgres: { pid: await system.postgresPid(), tree: true } }
        : {
            ingest: { pid: processes.ingest.pid },
            aggregator: { pid: processes.aggregator.pid },
            api: { pid: processes.api.pid },
            'billing-run': { pid: processes['billing-run'].pid },
            broker: { pid: services.kafka.pid() },
            postgres: { pid: services.postgres.pid, tree: true },
            redis: { pid: services.redis.pid() },
          },
    async organization(meters) {
      const { id, api, adminKey } = await system.organization({ name: 'Bench' });
      for (const meter of benchMeters(meters)) await api.create('/v1/meters', meter);
      return { id, key: adminKey, api, meters };
    },
    async stop() {
      await truth.end();
      await system.stop();
    },
  };
}
