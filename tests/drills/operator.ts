import { expect } from '@jest/globals';
import pg from 'pg';
import type { TestClient } from '#tests/support/client.ts';
import { startProcess } from '#tests/support/process.ts';
import type { TestSystem } from '#tests/support/system.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* What an operator does, and what he looks at, in the drills. */

export const METER = {
  key: 'requests',
  name: 'Requests',
  event_type: 'request',
  aggregation: 'sum',
  value_property: 'size',
};
export const WHOLE = '/v1/reconciliation?from=2020-01-01&to=2100-01-01';

/** Events `prefix 0` to `prefix count-1`, of sizes 1 to count. */
export const eventsOf = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix} ${i}`,
    type: 'request',
    customer: `customer-${i % 7}`,
    properties: { size: i + 1 },
  }));

export const sumTo = (count: number): number => (count * (count + 1)) / 2;

/** Sends until every event was taken. */
export async function send(ingest: TestClient, events: readonly unknown[]): Promise<void> {
  await waitFor(
    async () => {
      const { body } = await ingest.post<{ results?: { status: string }[] }>('/v1/events', { events });
      return body.results?.every(({ status }) => status === 'accepted' || status === 'duplicate') ?? false;
    },
    { timeoutMs: 60_000, describe: 'all events to be taken' },
  );
}

/** Sum of all sizes, over all customers. */
export async function usageSum(api: TestClient): Promise<number> {
  const { body } = await api.get<{ data: { quantity: string }[] }>('/v1/usage?meter=requests&window=total');
  return body.data.reduce((sum, { quantity }) => sum + Number(quantity), 0);
}

/** Waits until so many events are counted, and holds the sum of their sizes and the reconciliation against what is expected. */
export async function expectCounted(api: TestClient, events: number, sum: number): Promise<void> {
  let seen: unknown;
  await waitFor(
    async () => {
      const { body } = await api.get<{ counted: number }>(WHOLE);
      seen = body;
      return body.counted >= events;
    },
    {
      timeoutMs: 60_000,
      describe: () => `${events} events to be counted; reconciliation says ${JSON.stringify(seen)}`,
    },
  );
  expect((await api.get(WHOLE)).body).toMatchObject({ counted: events, conflicts: 0, dead_letters: 0, unexplained: 0 });
  expect(await usageSum(api)).toBe(sum);
}

/** `npm run log -- …` on the system. */
export async function runLog(
  system: TestSystem,
  kafka: { readonly brokers: string; readonly topic: string },
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const environment = {
    DATABASE_URL: await system.databaseUrl(),
    KAFKA_BROKERS: kafka.brokers,
    TOLLBOOK_TOPIC: kafka.topic,
  };
  const running = startProcess('scripts/log/main.ts', environment, args);
  const code = await running.exited;
  return { code, output: running.output() };
}

const SERVICES = ['api', 'ingest', 'aggregator', 'billing-run'] as const;

export const stopServices = (system: TestSystem) =>
  Promise.all(SERVICES.map((name) => system.processes[name].end('SIGTERM')));

export async function startServices(system: TestSystem): Promise<void> {
  for (const name of SERVICES) await system.restart(name);
}

/** Copies a database whole, while nobody is connected to it. */
export async function copyDatabase(url: string, from: string, to: string): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from}`);
  } finally {
    await client.end();
  }
}
