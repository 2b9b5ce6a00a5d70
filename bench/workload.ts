import type { UsageEvent } from '#libs/events/event.ts';

/** About 250 bytes of JSON each, spread evenly over customers and over the last three hours. */
export function benchEvents(count: number, customers: number, now: number): UsageEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `bench-${String(i).padStart(12, '0')}`,
    source: '',
    type: 'api.request',
    customer: `customer-${String(i % customers).padStart(5, '0')}`,
    time: now - (i % 3) * 3_600_000,
    timeGiven: true,
    properties: {
      path: '/v2/search/documents',
      method: 'POST',
      status: 200,
      region: 'eu-central-1',
      bytes: 1024 + (i % 4096),
      node: 'worker-17',
    },
  }));
}

export function requestBodies(events: readonly UsageEvent[], perBody: number): Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < events.length; at += perBody) {
    const list = events
      .slice(at, at + perBody)
      .map(({ id, type, customer, time, properties }) => ({ id, type, customer, time, properties }));
    bodies.push(Buffer.from(JSON.stringify({ events: list })));
  }
  return bodies;
}
