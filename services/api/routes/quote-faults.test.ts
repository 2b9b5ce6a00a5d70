import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API, type Quotes, startQuotes } from '#tests/support/quotes.ts';

let seller: Quotes;
beforeAll(async () => {
  seller = await startQuotes();
});
afterAll(() => seller?.api.stop());

const quote = (body: unknown) => seller.quote(body);

describe('what cannot be priced is told, all of it, with pointers', () => {
  const pointers = async (body: unknown) => {
    const answer = await quote(body);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request']);
    return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };

  test('in the shape', async () => {
    expect(
      await pointers({
        currency: 'usd',
        charges: [
          { key: 'a', price: { model: 'package', size: '0', amount: '1e3' } },
          {
            key: 'b',
            price: { model: 'per_unit', unit_amount: 2 },
            included_units: '1',
            billing: 'once',
            every: 'month',
          },
          {
            key: 'c',
            price: {
              model: 'graduated',
              tiers: [
                { up_to: null, unit_amount: '1' },
                { up_to: '5', unit_amount: '1' },
              ],
            },
          },
        ],
        discounts: [{ percent: '101' }, {}],
      }),
    ).toEqual([
      '/currency',
      '/charges/0/price/size',
      '/charges/0/price/amount',
      '/charges/1/price/unit_amount',
      '/charges/1/every',
      '/charges/2/price/tiers/0/up_to',
      '/charges/2/price/tiers/1/up_to',
      '/discounts/0/percent',
      '/discounts/1',
    ]);
  });

  test('between the parts', async () => {
    expect(
      await pointers({
        currency: 'USD',
        charges: [
          API,
          API,
          { key: 'euros', prices: { EUR: API.price } },
          { key: 'seats', quantity: 'seats', price: API.price },
          { key: 'counted', meter: 'nowhere', price: API.price },
          { key: 'fees', price: { model: 'percentage', percent: '1', fixed_amount: '1' } },
          { key: 'vm', price: API.price, group_by: ['region'] },
        ],
        usage: [
          { charge: 'api', quantity: '1' },
          { charge: 'nothing', quantity: '1' },
          { charge: 'seats', quantity: '1' },
          { charge: 'fees', quantity: '1' },
          { charge: 'vm', quantity: '1' },
          { charge: 'euros', events: ['1'] },
        ],
        discounts: [{ percent: '1', charges: ['api', 'gone'] }],
        tax_rates: [
          { name: 'a', percent: '1' },
          { name: 'b', percent: '1', inclusive: true },
        ],
      }),
    ).toEqual([
      '/charges/1/key',
      '/charges/2/prices',
      '/quantities',
      '/usage',
      '/usage/1/charge',
      '/usage/2/charge',
      '/usage/3/quantity',
      '/usage/4/group',
      '/usage/5/events',
      '/discounts/0/charges/1',
      '/tax_rates/1/inclusive',
      '/charges/4/meter',
    ]);
  });

  test('in the shape, between the parts and beside the meters, at once', async () => {
    expect(
      await pointers({
        currency: 'USD',
        charges: [
          { key: 'steps', price: { model: 'stairstep', tiers: [{ up_to: '5', flat_amount: '1' }] } },
          { key: 'counted', meter: 'nowhere', price: API.price },
          { ...API, price: { model: 'per_unit', unit_amount: 2 } },
          API,
          { key: 'euros', prices: { EUR: API.price } },
          { key: 'seats', quantity: 'seats', price: API.price },
        ],
        usage: [
          { charge: 'counted', quantity: 1 },
          { charge: 'api', quantity: '1e3' },
          { charge: 'steps', quantity: '1' },
          { charge: 'nothing', quantity: '1' },
        ],
        discounts: [{}, { percent: '1', charges: ['api', 'gone'] }],
        tax_rates: [{}, { name: 'a', percent: '1' }, { name: 'b', percent: '1', inclusive: true }],
      }),
    ).toEqual([
      '/charges/0/price/tiers/0/up_to',
      '/charges/2/price/unit_amount',
      '/charges/3/key',
      '/usage/0/quantity',
      '/usage/1/quantity',
      '/discounts/0',
      '/tax_rates/0/name',
      '/tax_rates/0/percent',
      '/charges/4/prices',
      '/usage',
      '/quantities',
      '/usage/3/charge',
      '/discounts/1/charges/1',
      '/tax_rates/2/inclusive',
      '/charges/1/meter',
    ]);
  });

  test.each<[string, unknown, string[]]>([
    ['a currency', { currency: 'usd', charges: [{ key: 'a', prices: { EUR: API.price } }] }, ['/currency', '/usage']],
    ['charges', { currency: 'USD', charges: 5, usage: [{ charge: 'a', quantity: '1' }] }, ['/charges']],
    ['usage', { currency: 'USD', charges: [API], usage: 'much' }, ['/usage']],
    ['quantities', { currency: 'USD', charges: [{ ...API, quantity: 'seats' }], quantities: 5 }, ['/quantities']],
    ['a customer', { currency: 'USD', charges: [{ ...API, meter: 'calls' }], customer: 5 }, ['/customer', '/period']],
    ['a plan', { currency: 'USD', plan: 'growth', usage: [{ charge: 'a', quantity: '1' }] }, ['/plan']],
    ['anything', 'x', ['']],
  ])('nothing is concluded from %s that cannot be read', async (_, body, expected) => {
    expect(await pointers(body)).toEqual(expected);
  });

  test('values without a rate, and new usage of what does not add up', async () => {
    const matrix = { model: 'matrix', dimensions: ['region'], rates: [{ values: ['eu'], unit_amount: '1' }] };
    const usage = [{ charge: 'vm', quantity: '1', group: { region: 'us' } }];
    const { body } = await quote({ currency: 'USD', charges: [{ key: 'vm', price: matrix }], usage });
    expect(body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/usage', detail: expect.stringContaining('region "us"') }],
    });
    const peak = { currency: 'USD', charges: [{ ...API, meter: 'peak' }], usage: [{ charge: 'api', quantity: '1' }] };
    expect(await pointers({ ...peak, billed_before: [{ charge: 'api', quantity: '1', amount: '1' }] })).toEqual([
      '/billed_before/0/charge',
    ]);
  });

  test('a plan or a customer that does not exist, and a period that is not over', async () => {
    expect(await pointers({ currency: 'USD', plan: { key: 'none' } })).toEqual(['/plan']);
    const past = {
      currency: 'USD',
      charges: [{ ...API, meter: 'calls' }],
      period: { from: '2026-10-01', to: '2026-11-01' },
    };
    expect(await pointers({ ...past, customer: 'nobody' })).toEqual(['/customer']);
    const running = { from: '2026-11-01', to: '2026-11-11' };
    expect(await pointers({ ...past, customer: 'acme', period: running })).toEqual(['/period/to']);
    expect(await pointers(past)).toEqual(['/customer']);
  });
});
