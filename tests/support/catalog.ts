import type { TestApiClient } from './api.ts';

/* What tests put into a catalogue, and how they look at it. */

export const METER = { key: 'calls', name: 'Calls', event_type: 'call', aggregation: 'count' };

export const PLAN = {
  key: 'growth',
  name: 'Growth',
  currency: 'USD',
  charges: [
    { key: 'fee', name: 'Fee', price: { model: 'flat', amount: '49.00' } },
    {
      key: 'calls',
      name: 'Calls',
      meter: 'calls',
      price: {
        model: 'graduated',
        tiers: [
          { up_to: '500', unit_amount: '0' },
          { up_to: null, unit_amount: '0.012', flat_amount: '5' },
        ],
      },
    },
  ],
};

let made = 0;

/** Resolves with its key. */
export async function newCustomer(client: TestApiClient, fields: Record<string, unknown> = {}): Promise<string> {
  const key = `customer-${++made}`;
  const { status, body } = await client.post('/v1/customers', { key, name: key, ...fields });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return key;
}

export const pointersOf = (body: { errors: { pointer: string }[] }): string[] =>
  body.errors.map(({ pointer }) => pointer);

/** A list, read page by page. */
export async function allOf(client: TestApiClient, path: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await client.get(`${path}?limit=2${cursor}`);
    found.push(...body.data);
    if (!body.next_cursor) return found;
    cursor = `&cursor=${body.next_cursor}`;
  }
}
