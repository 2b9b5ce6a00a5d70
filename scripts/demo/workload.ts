import { seededRandom } from './random.ts';

export interface DemoEvent {
  readonly id: string;
  readonly type: 'api.request' | 'data.transfer';
  readonly customer: string;
  readonly time: string;
  readonly properties: Readonly<Record<string, string | number>>;
}

export interface DemoCustomer {
  readonly key: string;
  readonly name: string;
  readonly time_zone: string;
  readonly address_lines: readonly string[];
}

export interface Workload {
  /** YYYY-MM */
  readonly period: string;
  readonly customers: readonly DemoCustomer[];
  /** Each event once. */
  readonly events: readonly DemoEvent[];
  /** What is really sent: events in order of arrival, some late, some of them again. */
  readonly deliveries: readonly DemoEvent[];
}

const FIRST = ['Amber', 'Birch', 'Cobalt', 'Delta', 'Ember', 'Fjord', 'Granite', 'Harbor', 'Indigo', 'Juniper'];
const SECOND = ['Analytics', 'Cloud', 'Foods', 'Robotics', 'Studio'];
const CITIES: readonly [line: string, zone: string][] = [
  ['221 Baker Street, London NW1 6XE', 'Europe/London'],
  ['Friedrichstraße 43, 10117 Berlin', 'Europe/Berlin'],
  ['350 Fifth Avenue, New York, NY 10118', 'America/New_York'],
  ['1-1 Marunouchi, Chiyoda, Tokyo 100-0005', 'Asia/Tokyo'],
];
const REPLAYED = 0.03;
const LATE = 0.05;

/**
 * The month before the one that is over everywhere: 14 hours into a new month it has begun in every zone, so the month before it
 * can be billed for all customers. At most 62 days back.
 */
export function lastFullMonth(now: Date): string {
  const safe = new Date(now.getTime() - 14 * 3_600_000);
  return new Date(Date.UTC(safe.getUTCFullYear(), safe.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}

export function createWorkload(options: {
  readonly period: string;
  readonly events: number;
  readonly customers: number;
  readonly seed: number;
}): Workload {
  const random = seededRandom(options.seed);
  const customers = Array.from({ length: options.customers }, (_, i) => createCustomer(i));
  const pick = createSkew(customers, random);
  const start = Date.parse(`${options.period}-01T00:00:00Z`);
  const [year, month] = options.period.split('-').map(Number) as [number, number];
  const length = Date.UTC(year, month, 1) - start;

  const events = Array.from({ length: options.events }, (_, i): DemoEvent => {
    const time = new Date(
      start + Math.floor((i / options.events) * length) + Math.floor(random() * 1000),
    ).toISOString();
    const base = { id: `demo-${String(i).padStart(6, '0')}`, customer: pick().key, time };
    return random() < 0.8
      ? {
          ...base,
          type: 'api.request',
          properties: {
            path: `/v2/${['search', 'orders', 'files'][Math.floor(random() * 3)]}`,
            status: random() < 0.98 ? 200 : 500,
          },
        }
      : { ...base, type: 'data.transfer', properties: { gigabytes: (random() * 4).toFixed(3) } };
  });
  return { period: options.period, customers, events, deliveries: deliver(events, random) };
}

function createCustomer(index: number): DemoCustomer {
  const [line, zone] = CITIES[index % CITIES.length] as [string, string];
  const name = `${FIRST[index % FIRST.length]} ${SECOND[Math.floor(index / FIRST.length) % SECOND.length]}`;
  return { key: name.toLowerCase().replaceAll(' ', '-'), name: `${name} Ltd`, time_zone: zone, address_lines: [line] };
}

/** A few customers make most of the usage, as everywhere: weights 1, 1/2, 1/3 … */
function createSkew(customers: readonly DemoCustomer[], random: () => number): () => DemoCustomer {
  const bounds: number[] = [];
  let sum = 0;
  for (let i = 0; i < customers.length; i++) {
    sum += 1 / (i + 1);
    bounds.push(sum);
  }
  return () => {
    const drawn = random() * sum;
    return customers[bounds.findIndex((bound) => drawn < bound)] as DemoCustomer;
  };
}

/** Order of arrival: some come late, by up to a fifth of the month; some come twice. */
function deliver(events: readonly DemoEvent[], random: () => number): DemoEvent[] {
  const arrivals = events.map((event, i) => ({
    event,
    at: i + (random() < LATE ? random() * events.length * 0.2 : 0),
  }));
  for (const [i, event] of events.entries()) if (random() < REPLAYED) arrivals.push({ event, at: i + random() * 5000 });
  return arrivals.sort((a, b) => a.at - b.at).map(({ event }) => event);
}
