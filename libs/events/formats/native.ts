import type { EventFormat } from './event-format.ts';

/** {id, source?, type, customer, subscription?, time?, properties?} */
export const native: EventFormat = {
  names: {
    id: 'id',
    source: 'source',
    type: 'type',
    customer: 'customer',
    subscription: 'subscription',
    time: 'time',
    properties: 'properties',
  },
  toNative: (raw) => ({ ok: true, raw }),
};
