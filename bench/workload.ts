import { randomBytes, randomUUID } from 'node:crypto';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { UsageEvent } from '#libs/events/event.ts';

/** What is sent. */
export interface Workload {
  readonly events: number;
  readonly perRequest: number;
  readonly customers: number;
  /** skewed: the first customer sends 35 %, the first five together 78 %, the others share the rest. */
  readonly mix: 'uniform' | 'skewed';
  readonly ids: 'counter' | 'uuidv4' | 'uuidv7';
  /** Connections that send at the same time. */
  readonly senders: number;
  /** Meters that count each event. */
  readonly meters: 1 | 3;
}

/** The one that the targets speak of. */
export const UNIFORM: Workload = {
  events: 150_000,
  perRequest: 100,
  customers: 1000,
  mix: 'uniform',
  ids: 'counter',
  senders: 16,
  meters: 1,
};

const HOUR = 3_600_000;
/** UUIDs of version 7 are made as 20,000 events a second would make them. */
const IDS_PER_MS = 20;

/** About 250 bytes of JSON each, over the last three hours. `now` in epoch milliseconds. */
export function benchEvents(workload: Workload, now: number): UsageEvent[] {
  const customerOf = workload.mix === 'skewed' ? skewedCustomer : uniformCustomer;
  return Array.from({ length: workload.events }, (_, i) => ({
    id: idOf(workload.ids, i, now),
    source: '',
    type: 'api.request',
    customer: `customer-${String(customerOf(i, workload.customers)).padStart(5, '0')}`,
    subscription: '',
    time: now - (i % 3) * HOUR,
    timeGiven: true,
    properties: {
      path: '/v2/search/documents',
      method: 'POST',
      status: 200,
      region: REGIONS[i % REGIONS.length] as string,
      bytes: 1024 + (i % 4096),
      node: 'worker-17',
    },
  }));
}

const REGIONS = ['eu-central-1', 'us-east-1', 'ap-south-1'] as const;

function idOf(kind: Workload['ids'], i: number, now: number): string {
  if (kind === 'uuidv4') return randomUUID();
  if (kind === 'uuidv7') return uuidv7(now + Math.floor(i / IDS_PER_MS), randomBytes);
  return `bench-${String(i).padStart(12, '0')}`;
}

const uniformCustomer = (i: number, customers: number): number => i % customers;

function skewedCustomer(i: number, customers: number): number {
  // A fixed walk through 0 … 99,999 that looks random and repeats itself from run to run.
  const share = ((i * 48_271) % 100_000) / 1000;
  if (share < 35) return 0;
  if (share < 78) return 1 + Math.floor((share - 35) / 10.75);
  return 5 + (i % (customers - 5));
}

/** Bodies of POST /v1/events. */
export function requestBodies(events: readonly UsageEvent[], perRequest: number): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < events.length; at += perRequest) {
    const list = events
      .slice(at, at + perRequest)
      .map(({ id, type, customer, time, properties }) => ({ id, type, customer, time, properties }));
    bodies.push(Buffer.from(JSON.stringify({ events: list })));
  }
  return bodies;
}

/** Bodies of POST /v1/meters that all count the bench's events; the first as many as the workload wants. */
export const benchMeters = (count: Workload['meters']): Readonly<Record<string, unknown>>[] =>
  [
    { key: 'requests', name: 'Requests', event_type: 'api.request', aggregation: 'count' },
    { key: 'bytes', name: 'Bytes', event_type: 'api.request', aggregation: 'sum', value_property: 'bytes' },
    { key: 'by-region', name: 'By region', event_type: 'api.request', aggregation: 'count', group_by: ['region'] },
  ].slice(0, count);
