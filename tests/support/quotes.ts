import { startTestApi, type TestApi, type TestApiClient } from './api.ts';

export interface Quotes {
  readonly api: TestApi;
  readonly own: { readonly id: number; readonly api: TestApiClient };
  quote(body: unknown): ReturnType<TestApiClient['post']>;
}

/** An organization with meters and the customer acme, in November 2026, that asks for quotes. */
export async function startQuotes(): Promise<Quotes> {
  const now = Date.parse('2026-11-10T12:00:00Z');
  const api = await startTestApi({ now: () => now });
  const own = await api.organization();
  const meter = { event_type: 'call', group_by: ['region'] };
  await own.api.post('/v1/meters', { ...meter, key: 'calls', name: 'Calls', aggregation: 'count' });
  for (const [key, name, aggregation] of [
    ['paid', 'Paid', 'sum'],
    ['peak', 'Peak', 'max'],
  ])
    await own.api.post('/v1/meters', { ...meter, key, name, aggregation, value_property: 'bytes' });
  await own.api.post('/v1/customers', { key: 'acme', name: 'Acme', aliases: ['acme-2'], time_zone: 'Asia/Kolkata' });
  return { api, own, quote: (body) => own.api.post('/v1/quotes', body) };
}

export const API = { key: 'api', price: { model: 'per_unit', unit_amount: '0.002' } };
