import type { Changes, SentEvent } from './event.ts';
import type { Feature } from './features.ts';
import type { Random } from './random.ts';

/** What events look like: decided by the seed and by the clock of the run's start. Pure. */
export interface Shape {
  readonly startedAt: number;
  readonly features: ReadonlySet<Feature>;
}

/** Which senders' formats can carry it: CloudEvents always have a source, the envelope never has one. */
export type SourceRule = 'any' | 'always' | 'never';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CUSTOMERS = 8;
const SOURCES = ['meter-a', 'meter-b'] as const;

export const customerKeys = (): string[] => Array.from({ length: CUSTOMERS }, (_, i) => `customer-${i}`);
/** The other name of a customer; events use it when aliases are on. */
export const aliasOf = (customer: string): string => `old-name-of-${customer}`;
export const customerOfName = (name: string): string => name.replace(/^old-name-of-/, '');

export function newEvent(random: Random, shape: Shape, id: string, rule: SourceRule, now: number): SentEvent {
  const type = pickType(random);
  const source = rule === 'never' || (rule === 'any' && random.chance(0.4)) ? '' : random.pick(SOURCES);
  return {
    id,
    source,
    type,
    customer: pickCustomer(random, shape),
    subscription:
      shape.features.has('subscriptions') && rule === 'any' && random.chance(0.15)
        ? random.pick(['gold', 'silver'])
        : '',
    time: pickTime(random, shape, now),
    properties: pickProperties(random, type),
  };
}

/** Another payload of the same identity. */
export function contradict(random: Random, shape: Shape, event: SentEvent): SentEvent {
  const properties = { ...pickProperties(random, event.type), contradiction: random.below(1_000_000) };
  return { ...event, customer: pickCustomer(random, shape), properties };
}

export function pickChanges(random: Random, shape: Shape, event: SentEvent, now: number): Changes {
  const time = random.chance(0.4) ? pickTime(random, shape, now) : null;
  return {
    ...(random.chance(0.7) && { properties: pickProperties(random, event.type) }),
    ...(random.chance(0.3) && { customer: pickCustomer(random, shape) }),
    // Something always changes.
    time: time ?? now - random.below(HOUR),
  };
}

function pickType(random: Random): string {
  const draw = random.fraction();
  if (draw < 0.75) return 'call';
  if (draw < 0.85) return 'seat';
  return draw < 0.95 ? 'stray' : 'ghost';
}

function pickCustomer(random: Random, { features }: Shape): string {
  // Half of everything belongs to one customer: its rows are the hot ones.
  const customer = random.chance(0.5) ? 'customer-0' : random.pick(customerKeys());
  return features.has('aliases') && random.chance(0.1) ? aliasOf(customer) : customer;
}

/** Now, late, ahead, on the border of an hour, or not given. Late ones fall into few hours, which keeps the comparison short. */
function pickTime(random: Random, { startedAt }: Shape, now: number): number | null {
  const draw = random.fraction();
  if (draw < 0.05) return null;
  if (draw < 0.7) return now - random.below(90 * MINUTE);
  if (draw < 0.8) return now + random.below(3 * MINUTE);
  const daysBack = random.pick([0.2, 0.5, 1, 2, 7, 14, 29]);
  const hour = Math.floor((startedAt - daysBack * DAY) / HOUR) * HOUR;
  if (draw < 0.85) return random.pick([hour, hour + HOUR - 1]);
  return hour + random.below(HOUR);
}

function pickProperties(random: Random, type: string): SentEvent['properties'] {
  if (type === 'seat') return { change: random.pick(['1', '-1', '2', '0.5', 3, -2]) };
  return {
    n: pickValue(random),
    status: random.pick([200, 200, 200, 204, 404, 500, 503]),
    user: `user-${random.below(40)}`,
    ...(random.chance(0.9) && { region: random.pick(['eu', 'us', 'ap']) }),
  };
}

/** Decimals that a double cannot hold, numbers that a double holds by its shortest text, negative ones, large ones and zero. */
function pickValue(random: Random): string | number {
  const digits = (count: number) => Array.from({ length: count }, () => random.below(10)).join('');
  switch (random.below(8)) {
    case 0:
      return `${random.below(1000)}.${digits(random.between(1, 12))}`;
    case 1:
      return `-${random.below(100)}.${digits(3)}`;
    case 2:
      return `${random.between(1, 9)}${digits(20)}.${digits(9)}`;
    case 3:
      return random.below(100_000) / 100;
    case 4:
      return random.below(1000) / 10_000_000;
    case 5:
      return '0';
    case 6:
      return random.below(10_000);
    default:
      return String(random.below(1000));
  }
}

/** What must be refused, each event by itself. */
export function invalidEvent(random: Random, id: string, now: number): Record<string, unknown> {
  const good = { id, type: 'call', customer: 'customer-0', time: now, properties: { n: '1', status: 200, user: 'x' } };
  return random.pick([
    () => ({ ...good, type: undefined }),
    () => ({ ...good, id: '' }),
    () => ({ ...good, customer: 'a\u0000b' }),
    () => ({ ...good, time: new Date(now - 40 * DAY).toISOString() }),
    () => ({ ...good, time: now + 2 * HOUR }),
    () => ({ ...good, time: 'yesterday' }),
    () => ({ ...good, properties: { ...good.properties, n: 'many' } }),
    () => ({ ...good, properties: { status: 200 } }),
    () => ({ ...good, properties: { ...good.properties, n: { amount: 1 } } }),
    () => ({ ...good, properties: { ...good.properties, n: 2 ** 60 } }),
    () => ({ ...good, unknown_field: 1 }),
    () => ({ ...good, properties: { ...good.properties, note: 'x'.repeat(1001) } }),
  ])();
}
