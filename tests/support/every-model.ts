import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import type { TestApi, TestApiClient } from './api.ts';
import { bill } from './billing.ts';
import { correctionOf, createFeed, type Feed } from './metering.ts';

/* A customer in a zone off by 45 minutes whose plan has every price model, billed for October 2026 with corrections before and after. */

const tier = (up_to: string | null, more: object) => ({ up_to, ...more });
const filterOf = (use: string) => ({ filter: { use: [use] } });

export const EVERY_MODEL = [
  { key: 'base', name: 'Base', price: { model: 'flat', amount: '49.00' } },
  {
    key: 'seats',
    name: 'Seats',
    quantity: 'seats',
    price: { model: 'graduated', tiers: [tier('3', { unit_amount: '10' }), tier(null, { unit_amount: '8' })] },
  },
  {
    key: 'per_unit',
    meter: 'units',
    ...filterOf('per_unit'),
    group_by: ['region'],
    price: { model: 'per_unit', unit_amount: '0.0333' },
    discount_percent: '10',
  },
  {
    key: 'graduated',
    meter: 'units',
    ...filterOf('graduated'),
    price: {
      model: 'graduated',
      tiers: [tier('10', { unit_amount: '1', flat_amount: '2' }), tier(null, { unit_amount: '0.5' })],
    },
    included_units: '5',
  },
  {
    key: 'volume',
    meter: 'units',
    ...filterOf('volume'),
    price: { model: 'volume', tiers: [tier('10', { unit_amount: '1' }), tier(null, { unit_amount: '0.9' })] },
    maximum_amount: '15',
  },
  {
    key: 'stairstep',
    meter: 'units',
    ...filterOf('stairstep'),
    price: { model: 'stairstep', tiers: [tier('10', { flat_amount: '5' }), tier(null, { flat_amount: '50' })] },
  },
  {
    key: 'package',
    meter: 'units',
    ...filterOf('package'),
    price: { model: 'package', size: '10', amount: '3' },
    convert: { divide: '2', round: 'up' },
  },
  {
    key: 'matrix',
    meter: 'units',
    ...filterOf('matrix'),
    price: {
      model: 'matrix',
      dimensions: ['region'],
      rates: [{ values: ['eu'], unit_amount: '0.10' }],
      default_unit_amount: '0.12',
    },
  },
  {
    key: 'percentage',
    meter: 'units',
    ...filterOf('percentage'),
    price: { model: 'percentage', percent: '2.9', fixed_amount: '0.30', free_events: 1, maximum_per_event: '2' },
  },
  {
    key: 'shares',
    meter: 'units',
    ...filterOf('shares'),
    price: {
      model: 'graduated_percentage',
      tiers: [tier('10', { percent: '1', flat_amount: '2' }), tier(null, { percent: '0.5' })],
    },
    minimum_amount: '20',
  },
  {
    key: 'dynamic',
    meter: 'units',
    ...filterOf('dynamic'),
    price: { model: 'dynamic', multiplier: '1.2' },
    unit: { name: 'credits', rate: '0.01' },
  },
  { key: 'level', meter: 'level', price: { model: 'per_unit', unit_amount: '3' } },
  { key: 'users', meter: 'users', price: { model: 'per_unit', unit_amount: '1.5' } },
  { key: 'peak', meter: 'peak', price: { model: 'per_unit', unit_amount: '0.7' } },
  { key: 'average', meter: 'average', price: { model: 'per_unit', unit_amount: '0.7' } },
  { key: 'last', meter: 'last', price: { model: 'per_unit', unit_amount: '0.7' } },
];
const USES = EVERY_MODEL.slice(2, 11).map(({ key }) => key);

const METERS = [
  { key: 'units', aggregation: 'sum', value_property: 'n', group_by: ['use', 'region'] },
  { key: 'level', aggregation: 'weighted_sum', value_property: 'n' },
  { key: 'users', aggregation: 'unique', value_property: 'region' },
  { key: 'peak', aggregation: 'max', value_property: 'n' },
  { key: 'average', aggregation: 'avg', value_property: 'n' },
  { key: 'last', aggregation: 'latest', value_property: 'n' },
];

export interface EveryModel {
  readonly organizationId: number;
  readonly adminKey: string;
  readonly api: TestApiClient;
  readonly feed: Feed;
  readonly invoiceId: string;
}

export const usedEvent = (id: string, over: Partial<UsageEvent> = {}): UsageEvent => ({
  id,
  source: '',
  type: 'used',
  customer: 'acme',
  subscription: '',
  time: Date.parse('2026-10-10T10:10:00Z'),
  timeGiven: true,
  properties: { n: '7', use: 'graduated', region: 'eu' },
  ...over,
});

const feeds = new WeakMap<TestApi, Promise<Feed>>();

/** One for each database: offsets go on. */
function feedOf(api: TestApi): Promise<Feed> {
  const feed = feeds.get(api) ?? createFeed(api.worker);
  feeds.set(api, feed);
  return feed;
}

const isUntimed = (one: UsageEvent | Correction): boolean => 'timeGiven' in one && !one.timeGiven;

/** A new organization with one finalized invoice. `late`: usage and a void that came after it. */
export async function billEveryModel(api: TestApi, late = false): Promise<EveryModel> {
  const { id: organizationId, adminKey, api: client } = await api.organization({ name: 'Every', grace_minutes: 0 });
  const create = async (path: string, body: unknown) => {
    const answer = await client.post(path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  };
  for (const meter of METERS) await create('/v1/meters', { name: meter.key, event_type: 'used', ...meter });
  await create('/v1/customers', { key: 'acme', name: 'Acme', time_zone: 'Asia/Kathmandu', aliases: ['acme-old'] });
  const plan = { key: 'all', name: 'All', currency: 'USD', minimum_amount: '2000', charges: EVERY_MODEL };
  await create('/v1/plans', plan);
  const subscription = { customer: 'acme', plan: 'all', starts_on: '2026-10-11', quantities: { seats: '5' } };
  await create('/v1/subscriptions', subscription);
  const feed = await feedOf(api);
  const events = eventsOf();
  // Those without a time happened when they arrived.
  await feed(organizationId, events.filter(isUntimed), new Date('2026-10-13T10:15:00Z'));
  await feed(
    organizationId,
    events.filter((one) => !isUntimed(one)),
  );
  const window = { endsAfter: '2026-10-15', endsUntil: '2026-11-01' };
  await bill(api.owner, api.worker, organizationId, {}, window);
  if (late) {
    await feed(organizationId, [
      usedEvent('late', { time: Date.parse('2026-10-12T10:30:00Z') }),
      correctionOf('graduated-1', 'void'),
    ]);
  }
  const { body } = await client.get('/v1/invoices');
  return { organizationId, adminKey, api: client, feed, invoiceId: body.data[0].id };
}

/** Some under the alias, some without a time, one amended and one voided before anything was billed, borders included. */
function eventsOf(): (UsageEvent | Correction)[] {
  const events = USES.flatMap((use, u) =>
    ['eu', 'us', 'eu'].map((region, n) =>
      usedEvent(`${use}-${n}`, {
        source: n === 2 ? 'meter/é' : '',
        customer: n === 1 ? 'acme-old' : 'acme',
        time: Date.parse(`2026-10-1${n + 1}T10:${10 + u}:00Z`),
        timeGiven: n !== 2,
        properties: { n: ['7.5', '-1', '12.25'][n] as string, use, region },
      }),
    ),
  );
  return [
    ...events,
    // The first instant of the period, and the last before it ends at local midnight.
    usedEvent('first', { time: Date.parse('2026-10-10T18:15:00Z') }),
    usedEvent('last', { time: Date.parse('2026-10-31T18:14:59.999Z') }),
    usedEvent('next', { time: Date.parse('2026-10-31T18:15:00Z') }),
    usedEvent('before', { time: Date.parse('2026-10-10T18:14:59.999Z') }),
    usedEvent('gone'),
    usedEvent('changed', { time: Date.parse('2026-10-20T03:00:00Z') }),
    correctionOf('gone', 'void'),
    correctionOf('changed', 'amend', { properties: { n: '100', use: 'volume', region: 'us' } }),
    usedEvent('other', { customer: 'other' }),
  ];
}

/** An id that nothing has. */
export const noId = (): string => uuidv7(Date.now());
