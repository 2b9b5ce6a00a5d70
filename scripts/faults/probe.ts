import { FEATURE_NAMES, type Feature } from './features.ts';
import { ask, insist } from './http.ts';
import type { FaultySystem } from './system.ts';

/** Asks the product which features it has, in an organization that nothing else uses. */
export async function probeFeatures(
  system: FaultySystem,
  key: string,
  without: readonly Feature[],
): Promise<Set<Feature>> {
  const api = (method: 'POST' | 'PATCH', path: string, body: unknown) =>
    ask(method, `${system.apiUrl}${path}`, key, { body: JSON.stringify(body) });
  const ingest = (body: string, contentType = 'application/json', path = '/v1/events') =>
    ask('POST', `${system.ingestUrls[0]}${path}`, key, { body, contentType });
  const meter = { key: 'probe', name: 'probe', event_type: 'probe', aggregation: 'count' };
  const took = (answer: { status: number; text: string } | undefined) =>
    answer?.status === 200 && /"status":"accepted"/.test(answer.text);
  const event = { id: 'probe', type: 'probe', customer: 'probe' };
  await api('POST', '/v1/customers', { key: 'probe', name: 'probe' });
  await api('POST', '/v1/meters', meter);
  const plain = await ingest(JSON.stringify({ ...event, id: 'plain' }));
  if (!took(plain)) throw new Error(`the product does not take an event: ${plain?.status} ${plain?.text}`);
  const has: Record<Feature, () => Promise<boolean>> = {
    aggregations: async () =>
      (
        await api('POST', '/v1/meters', {
          ...meter,
          key: 'probe-avg',
          event_type: 'another',
          aggregation: 'weighted_sum',
          value_property: 'n',
        })
      )?.status === 201,
    filters: async () =>
      (await api('POST', '/v1/meters', { ...meter, key: 'probe-filter', filter: [{ property: 'a', gte: '1' }] }))
        ?.status === 201,
    subscriptions: async () =>
      took(await ingest(JSON.stringify({ ...event, id: 's', type: 'other', subscription: 'gold' }))),
    aliases: async () =>
      (await api('PATCH', '/v1/customers/probe', { aliases: ['probe-old'] }))?.status === 200 &&
      took(await ingest(JSON.stringify({ ...event, id: 'alias', customer: 'probe-old' }))) &&
      (await isMerged(system, key)),
    corrections: async () =>
      took(await ingest(JSON.stringify({ reason: 'probe' }), 'application/json', '/v1/events/probe/void')),
    backfill: async () => ((await api('POST', '/v1/meters/probe/backfill', {}))?.status ?? 404) < 300,
    ndjson: async () => took(await ingest(`${JSON.stringify({ ...event, id: 'line' })}\n`, 'application/x-ndjson')),
    cloudevents: async () =>
      took(
        await ingest(
          JSON.stringify([
            { specversion: '1.0', id: 'cloud', source: 'probe', type: 'probe', subject: 'probe', data: {} },
          ]),
          'application/cloudevents-batch+json',
        ),
      ),
    envelope: async () =>
      took(
        await ingest(
          JSON.stringify({
            events: [{ transaction_id: 'envelope', customer_id: 'probe', event_type: 'probe', properties: {} }],
          }),
        ),
      ),
    partitions: async () => system.mode === 'distributed',
  };
  const found = new Set<Feature>();
  for (const name of FEATURE_NAMES) if (!without.includes(name) && (await has[name]())) found.add(name);
  return found;
}

/** Whether usage is shown under the customer's key, whichever of its names an event bore. */
const isMerged = (system: FaultySystem, key: string): Promise<boolean> =>
  insist(
    'counting the first events',
    () => ask('GET', `${system.apiUrl}/v1/usage?meter=probe`, key),
    (_, body) => {
      const rows = (body.data ?? []) as { customer: string; event_count: number }[];
      if (rows.reduce((sum, row) => sum + row.event_count, 0) < 2) return undefined;
      return rows.every(({ customer }) => customer === 'probe');
    },
  );
