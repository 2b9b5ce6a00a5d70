import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { Correction, UsageEvent } from '#libs/events/event.ts';
import type { TestApi, TestApiClient } from './api.ts';
import { bill } from './billing.ts';
import { CHARGES_OF_EVERY_MODEL, USES } from './charges-of-every-model.ts';
import { correctionOf, createFeed, type Feed } from './metering.ts';

/* A customer in a zone off by 45 minutes whose plan has every price model, billed for October 2026 with corrections before and after. */

export const EVERY_MODEL = [
  ...CHARGES_OF_EVERY_MODEL,
  { key: 'level', meter: 'level', price: { model: 'per_unit', unit_amount: '3' } },
  { key: 'users', meter: 'users', price: { model: 'per_unit', unit_amount: '1.5' } },
  { key: 'peak', meter: 'peak', price: { model: 'per_unit', unit_amount: '0.7' } },
  { key: 'average', meter: 'average', price: { model: 'per_unit', unit_amount: '0.7' } },
  { key: 'last', meter: 'last', price: { model: 'per_unit', unit_amount: '0.7' } },
];

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

/** A new organization with one finalized invoice. `late`: usage and a void that came after it. `settled`: with all that is taken off and added. */
export async function billEveryModel(api: TestApi, late = false, settled = false): Promise<EveryModel> {
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
  if (settled) await settle(client, create);
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

/** Discounts, taxes for all and for some charges, a prepaid balance, and a seller whose currency is another. */
async function settle(client: TestApiClient, create: (path: string, body: unknown) => Promise<void>): Promise<void> {
  const vat = { key: 'vat', name: 'VAT', percent: '13', inclusive: false, valid_from: '2020-01-01' };
  await create('/v1/tax-rates', vat);
  await create('/v1/tax-rates', {
    ...vat,
    key: 'city',
    name: 'City tax',
    percent: '1.625',
    charges: ['base', 'seats', 'graduated'],
  });
  await client.patch('/v1/customers/acme', { tax_rates: ['vat', 'city'] });
  await create('/v1/coupons', { key: 'third', name: 'A third', percent: '33.333', duration: 'forever' });
  await create('/v1/coupons', {
    key: 'off',
    name: 'Off',
    amount: '17.01',
    currency: 'USD',
    duration: 'forever',
    charges: ['volume', 'package'],
  });
  for (const coupon of ['third', 'off'])
    await create('/v1/customers/acme/discounts', { coupon, starts_on: '2026-01-01' });
  const prepaid = { account: 'prepaid', currency: 'USD', amount: '100', reason: 'Test' };
  await create('/v1/customers/acme/balance-adjustments', prepaid);
  await client.patch('/v1/organization', { currency: 'EUR' });
  const today = new Date().toISOString().slice(0, 10);
  await create('/v1/exchange-rates', { from: 'USD', to: 'EUR', rate: '0.923456789', date: today, source: 'ECB' });
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
