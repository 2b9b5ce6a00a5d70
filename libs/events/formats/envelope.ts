import { unknownField } from '../read-fields.ts';
import { type EventFormat, fault, isObject } from './event-format.ts';

const names = {
  id: 'transaction_id',
  source: 'source',
  type: 'event_type',
  customer: 'customer_id',
  subscription: 'subscription_id',
  time: 'timestamp',
  properties: 'properties',
} as const;
const KNOWN = new Set<string>(Object.values(names));

/** {transaction_id, source?, event_type, customer_id, subscription_id?, timestamp? (epoch milliseconds), properties?} */
export const envelope: EventFormat = {
  names,
  toNative(item) {
    if (!isObject(item)) return { ok: true, raw: item };
    const unknown = Object.keys(item).find((name) => !KNOWN.has(name));
    if (unknown !== undefined) return { ok: false, rejection: unknownField(unknown) };
    const { transaction_id, source, event_type, customer_id, subscription_id, timestamp, properties } = item;
    if (timestamp !== undefined && typeof timestamp !== 'number')
      return fault('timestamp', 'must be a number, in epoch milliseconds');
    return {
      ok: true,
      raw: {
        id: transaction_id,
        source,
        type: event_type,
        customer: customer_id,
        subscription: subscription_id,
        time: timestamp,
        properties,
      },
    };
  },
};
