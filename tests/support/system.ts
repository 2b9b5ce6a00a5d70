import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createClient, type TestClient } from './client.ts';
import { prepareInstallation } from './installation.ts';
import { keepSecret } from './logs/keep-secret.ts';
import { startProcess, type TestProcess } from './process.ts';
import { waitFor } from './wait-for.ts';

/** The whole of Tollbook as separate processes, in one of its two modes. */
export interface TestSystem {
  readonly mode: 'embedded' | 'distributed';
  /** Owner's connection to the database, for looking at the truth. */
  databaseUrl(): Promise<string>;
  readonly operator: TestClient;
  /** Clients of an organization: `api` for management, `ingest` for events. */
  organization(
    settings: Record<string, unknown>,
  ): Promise<{ api: TestClient; ingest: TestClient; adminKey: string; id: number }>;
  readonly processes: Record<'ingest' | 'aggregator' | 'billing-run' | 'api', TestProcess>;
  /** What its processes are started with; for starting another one beside them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Kills one (-9) and starts it again on the same port; `faultAt`: as in the options, for the aggregator. */
  restart(name: keyof TestSystem['processes'], faultAt?: string): Promise<void>;
  readonly ingestUrl: string;
  readonly apiUrl: string;
  /** Of the embedded Postgres. */
  postgresPid(): Promise<number>;
  stop(): Promise<void>;
}

const READY = /ready at (http:\S+)/;
const OPERATOR_KEY = /Operator key.*: (tb_\S+)/;
const ROOT = path.resolve(import.meta.dirname, '../..');

export interface SystemOptions {
  /** Instead of the ones that serve the whole test run. */
  readonly brokers?: string;
  readonly redisUrl?: string;
  readonly topic?: string;
  /** More of their settings. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The first aggregator kills itself at this step of its transaction; after a restart it is a whole one. */
  readonly faultAt?: string;
  /** SIGSTOP freezes it there instead, until it gets SIGCONT. */
  readonly faultSignal?: 'SIGKILL' | 'SIGSTOP';
  /** Of single processes, over what all have: a line of its own to a service, for instance. */
  readonly overrides?: Readonly<
    Partial<Record<'ingest' | 'aggregator' | 'billing-run' | 'api', Record<string, string>>>
  >;
}

export async function startSystem(mode: TestSystem['mode'], options: SystemOptions = {}): Promise<TestSystem> {
  return mode === 'embedded' ? startEmbeddedSystem(options) : startDistributedSystem(options);
}

async function startEmbeddedSystem({ faultAt, environment: more }: SystemOptions): Promise<TestSystem> {
  await mkdir(path.join(ROOT, '.tollbook'), { recursive: true });
  const dataDir = await mkdtemp(path.join(ROOT, '.tollbook', 'test-'));
  // As root, Postgres runs as another user, who must be able to pass.
  await chmod(dataDir, 0o755);
  const start = (script: string, environment: Record<string, string>) =>
    startProcess(script, {
      TOLLBOOK_DATA_DIR: dataDir,
      TOLLBOOK_LOG_LEVEL: 'warn',
      TOLLBOOK_BILLING_INTERVAL_SECONDS: '1',
      ...more,
      ...environment,
    });
  const startAt = (port: string, step: string | undefined) =>
    step
      ? start('tests/faults/embedded-with-fault.ts', { TOLLBOOK_PORT: port, FAULT_AT: step })
      : start('services/embedded/main.ts', { TOLLBOOK_PORT: port });
  let running = startAt('0', faultAt);
  const url = (await running.waitForOutput(READY))[1] as string;
  const operatorKey = (await running.waitForOutput(OPERATOR_KEY))[1] as string;
  const operator = createClient(url, operatorKey);
  return {
    mode: 'embedded',
    ingestUrl: url,
    apiUrl: url,
    operator,
    environment: { TOLLBOOK_DATA_DIR: dataDir },
    get processes() {
      return { ingest: running, aggregator: running, 'billing-run': running, api: running };
    },
    async databaseUrl() {
      const postgres = path.join(dataDir, 'postgres');
      const password = await readFile(path.join(postgres, 'tollbook.password'), 'utf8');
      const port = (await readFile(path.join(postgres, 'postmaster.pid'), 'utf8')).split('\n')[3];
      return `postgres://tollbook:${password}@127.0.0.1:${port}/tollbook`;
    },
    postgresPid: async () =>
      Number((await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]),
    organization: (settings) => createOrganization(operator, url, url, settings),
    async restart(_name, step) {
      await running.end('SIGKILL');
      running = startAt(new URL(url).port, step);
      await running.waitForOutput(READY);
    },
    async stop() {
      await running.end();
      keepSecret(await readFile(path.join(dataDir, 'postgres', 'tollbook.password'), 'utf8'));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startDistributedSystem(options: SystemOptions): Promise<TestSystem> {
  const { database, settings, migrated } = await prepareInstallation({
    TOLLBOOK_TOPIC_PARTITIONS: '4',
    TOLLBOOK_LOG_LEVEL: 'warn',
    TOLLBOOK_BILLING_INTERVAL_SECONDS: '1',
    ...(options.brokers && { KAFKA_BROKERS: options.brokers }),
    ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
    ...(options.topic && { TOLLBOOK_TOPIC: options.topic }),
    ...options.environment,
  });

  const ports: Partial<Record<string, string>> = {};
  let faultAt = options.faultAt;
  const start = async (name: string): Promise<[TestProcess, string]> => {
    const faulty = name === 'aggregator' && faultAt !== undefined;
    const started = startProcess(faulty ? 'tests/faults/aggregator-with-fault.ts' : `services/${name}/main.ts`, {
      ...settings,
      TOLLBOOK_PORT: ports[name] ?? '0',
      ...options.overrides?.[name as 'ingest'],
      ...(faulty && { FAULT_AT: faultAt as string, FAULT_SIGNAL: options.faultSignal ?? 'SIGKILL' }),
    });
    if (faulty) faultAt = undefined;
    const url = (await started.waitForOutput(READY))[1] as string;
    ports[name] = new URL(url).port;
    return [started, url];
  };
  const operatorKey = OPERATOR_KEY.exec(migrated)?.[1] as string;
  const [[api, apiUrl], [ingest, ingestUrl], [aggregator], [billingRun]] = await Promise.all([
    start('api'),
    start('ingest'),
    start('aggregator'),
    start('billing-run'),
  ]);
  const processes = { api, ingest, aggregator, 'billing-run': billingRun };
  const operator = createClient(apiUrl, operatorKey);
  return {
    mode: 'distributed',
    ingestUrl,
    apiUrl,
    operator,
    processes,
    environment: settings,
    databaseUrl: async () => database.url,
    postgresPid: () => Promise.reject(new Error('the distributed mode has no Postgres of its own')),
    organization: (settings) => createOrganization(operator, apiUrl, ingestUrl, settings),
    async restart(name, step) {
      await processes[name].end('SIGKILL');
      faultAt = step;
      [processes[name]] = await start(name);
    },
    async stop() {
      await Promise.all(Object.values(processes).map((running) => running.end()));
      await database.drop();
    },
  };
}

async function createOrganization(
  operator: TestClient,
  apiUrl: string,
  ingestUrl: string,
  settings: Record<string, unknown>,
) {
  const created = await operator.create<{ id: number; admin_key: string }>('/v1/organizations', settings);
  return {
    id: created.id,
    adminKey: created.admin_key,
    api: createClient(apiUrl, created.admin_key),
    ingest: createClient(ingestUrl, created.admin_key),
  };
}

/** Waits until the aggregator has applied that many records of the organization (`what`: or counted that many events). */
export async function waitForRecords(
  api: TestClient,
  records: number,
  timeoutMs = 60_000,
  what: 'records' | 'counted' = 'records',
): Promise<void> {
  let seen: unknown;
  await waitFor(
    async () => {
      const { body } = await api.get<Record<'records' | 'counted', number>>(
        '/v1/reconciliation?from=1970-01-01&to=2100-01-01',
      );
      seen = body;
      return body[what] >= records;
    },
    { timeoutMs, describe: () => `${records} records to be applied; reconciliation says ${JSON.stringify(seen)}` },
  );
}
