import { expect } from '@jest/globals';
import type { TestClient } from './client.ts';
import { waitForRecords } from './system.ts';

/* Events of type `call` that a meter sums: what the fault tests send, and how they look at what was counted. */

export const CALLS = { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'sum', value_property: 'n' };

export interface Call {
  readonly id: string;
  readonly type: 'call';
  readonly customer: string;
  readonly time: string;
  readonly properties: { readonly n: string };
}

const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

/** `count` events whose values are 1 … count. */
export const calls = (prefix: string, count: number, time: string = AN_HOUR_AGO): Call[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${prefix}-${i}`,
    type: 'call',
    customer: `customer-${i % 7}`,
    time,
    properties: { n: String(i + 1) },
  }));

export const sumTo = (count: number): number => (count * (count + 1)) / 2;

const GIVE_UP_MS = 90_000;
const AGAIN_MS = 200;

/** Sends until every event is known to be taken, with the same ids, as every client does. */
export async function sendUntilTaken(ingest: TestClient, events: readonly { readonly id: string }[]): Promise<void> {
  let left = events;
  for (const deadline = Date.now() + GIVE_UP_MS; left.length > 0; ) {
    if (Date.now() > deadline) throw new Error(`${left.length} events were never taken`);
    const answer = await ingest
      .post<{ results: { id: string; status: string }[] }>('/v1/events', { events: left })
      .catch(() => undefined);
    const taken = new Set(
      answer?.body.results?.filter(({ status }) => status === 'accepted' || status === 'duplicate').map(({ id }) => id),
    );
    left = left.filter(({ id }) => !taken.has(id));
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Of one meter, over the hours around now. */
export async function usageOf(api: TestClient, meter = 'calls'): Promise<{ sum: number; events: number }> {
  const hour = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString().replace(/:.*/, ':00:00Z');
  const { body } = await api.get<{ data: { quantity: string; event_count: number }[] }>(
    `/v1/usage?meter=${meter}&from=${hour(-3)}&to=${hour(2)}&window=total&limit=100`,
  );
  return {
    sum: body.data.reduce((sum, row) => sum + Number(row.quantity), 0),
    events: body.data.reduce((sum, row) => sum + row.event_count, 0),
  };
}

export const reconciliationOf = async (api: TestClient) =>
  (await api.get<Record<string, number>>('/v1/reconciliation?from=1970-01-01&to=2100-01-01')).body;

/** Every event once, none lost. `records` may exceed the events where a retry wrote one twice. */
export async function expectExact(api: TestClient, expected: { events: number; sum: number }): Promise<void> {
  await waitForRecords(api, expected.events, GIVE_UP_MS, 'counted');
  expect(await reconciliationOf(api)).toMatchObject({
    counted: expected.events,
    conflicts: 0,
    dead_letters: 0,
    unassigned: 0,
    unexplained: 0,
  });
  expect(await usageOf(api)).toEqual(expected);
}
