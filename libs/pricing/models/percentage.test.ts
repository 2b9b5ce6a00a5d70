import { describe, expect, test } from '@jest/globals';
import { cost, priced, pricedEvents } from '#tests/support/pricing/price.ts';
import { CannotPrice } from '../cannot-price.ts';

const percentage = (fields: Readonly<Record<string, unknown>>) => ({ model: 'percentage', ...fields });
const costOf = (fields: Readonly<Record<string, unknown>>, events: readonly string[]) =>
  pricedEvents(percentage(fields), events).amount.toFixed();

// getlago.com/docs/guide/plans/charges/charge-models/percentage: 1.2 % and 0.10 each, the first 3 events or 500 free.
const LAGO = { percent: '1.2', fixed_amount: '0.10', free_events: 3, free_amount: '500' };
// getlago.com/docs/templates/per-transaction/stripe: cards online. The sums are ours.
const CARDS = { percent: '2.9', fixed_amount: '0.30' };
// docs.withorb.com/product-catalog/price-configuration: 0.25 % of each payment, at most 25 for one. The sums are ours.
const ORB_BPS = { percent: '0.25', maximum_per_event: '25' };
const LIMITED = { percent: '10', fixed_amount: '1', minimum_per_event: '3', maximum_per_event: '8' };

describe('of an amount', () => {
  test.each([
    ['nothing', { percent: '2.9' }, '0', '0'],
    ['a share', { percent: '2.9' }, '1000', '29'],
    ['more than all', { percent: '250' }, '10', '25'],
    ['up to the free amount', { percent: '10', free_amount: '100' }, '100', '0'],
    ['just over it', { percent: '10', free_amount: '100' }, '100.01', '0.001'],
    ['well below it', { percent: '10', free_amount: '100' }, '40', '0'],
    ['12 decimals of 10^18', { percent: '0.000000000001' }, '1000000000000000000', '10000'],
  ])('%s', (_, fields, quantity, expected) => {
    expect(cost(percentage(fields), quantity)).toBe(expected);
  });

  test('shows its working', () => {
    expect(priced(percentage({ percent: '2.90' }), '100').steps).toEqual([
      { rule: 'percent', quantity: '100', percent: '2.9', amount: '2.9' },
    ]);
    expect(priced(percentage({ percent: '10', free_amount: '30' }), '100').steps).toEqual([
      { rule: 'free_amount', quantity: '30', amount: '0' },
      { rule: 'percent', quantity: '70', percent: '10', amount: '7' },
    ]);
  });
});

describe('of events', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string[], string]>([
    ['Lago: three free events', LAGO, ['200', '100', '100'], '0'],
    ['Lago: the fourth pays', LAGO, ['200', '100', '100', '50'], '0.7'],
    ['Lago: the free amount ends first', LAGO, ['400', '200'], '1.3'],
    ['a card payment', CARDS, ['100'], '3.2'],
    ['two, each with its fixed amount', CARDS, ['60', '40'], '3.5'],
    ['Orb: below the cap', ORB_BPS, ['9999.60'], '24.999'],
    ['Orb: on the cap', ORB_BPS, ['10000'], '25'],
    ['Orb: above the cap, each by itself', ORB_BPS, ['20000', '1000'], '27.5'],
    ['no events', CARDS, [], '0'],
    ['an event of nothing pays the fixed amount', CARDS, ['0'], '0.3'],
    ['events that come to nothing are still events', CARDS, ['10', '-10'], '0.3'],
    ['one below zero pays the percentage only', CARDS, ['100', '-40'], '2.04'],
    ['the floor', LIMITED, ['19.99'], '3'],
    ['on the floor', LIMITED, ['20'], '3'],
    ['the fixed amount counts inside the floor', LIMITED, ['25'], '3.5'],
    ['on the cap', LIMITED, ['70'], '8'],
    ['the fixed amount counts inside the cap', LIMITED, ['70.01'], '8'],
    ['floor and cap are of single events', LIMITED, ['1', '1000'], '11'],
    ['one below zero touches neither', LIMITED, ['1000', '-10'], '7'],
    ['floor and cap alike', { percent: '5', minimum_per_event: '2', maximum_per_event: '2' }, ['1', '40', '999'], '6'],
    ['free events alone', { percent: '10', free_events: 2 }, ['5', '7', '100', '1'], '10.1'],
    ['no free events', { percent: '10', free_events: 0, free_amount: '50' }, ['10'], '1'],
    ['no free amount', { percent: '10', free_events: 5, free_amount: '0' }, ['10'], '1'],
    ['the free amount alone', { percent: '10', fixed_amount: '1', free_amount: '50' }, ['20', '30', '10'], '2'],
    ['free up to the amount', { percent: '10', fixed_amount: '1', free_amount: '50' }, ['49', '11', '10'], '4'],
    ['once crossed, it is used up', { percent: '10', free_events: 9, free_amount: '50' }, ['60', '0', '10'], '2'],
    ['an event of nothing uses a free event', { percent: '10', free_events: 1 }, ['0', '10'], '1'],
    ['one below zero uses none', { percent: '10', free_events: 1 }, ['-10', '30', '30'], '2'],
    ['the crossing event meets the floor', { percent: '1', free_amount: '99', minimum_per_event: '2' }, ['100'], '2'],
    ['taking back more than others paid is no credit', { percent: '10', free_events: 1 }, ['100', '-50'], '0'],
    ['12 decimals of 10^18', { percent: '0.000000000001', fixed_amount: '0' }, ['1000000000000000000'], '10000'],
  ])('%s', (_, fields, events, expected) => {
    expect(costOf(fields, events)).toBe(expected);
  });

  test('the order matters where something is free', () => {
    const fields = { percent: '10', fixed_amount: '1', free_events: 1 };
    expect(costOf(fields, ['100', '1'])).toBe('1.1');
    expect(costOf(fields, ['1', '100'])).toBe('11');
  });

  test('each call starts with all that is free', () => {
    const price = percentage({ percent: '10', free_events: 1, free_amount: '50' });
    expect(pricedEvents(price, ['10', '10']).amount.toFixed()).toBe('1');
    expect(pricedEvents(price, ['10', '10']).amount.toFixed()).toBe('1');
  });

  test('shows its working', () => {
    const fields = { ...LIMITED, free_events: 2, free_amount: '150' };
    expect(pricedEvents(percentage(fields), ['100', '60', '1', '30', '500', '-5']).steps).toEqual([
      { rule: 'free_events', quantity: '1', amount: '0' },
      { rule: 'free_amount', quantity: '150', amount: '0' },
      { rule: 'percent', quantity: '536', percent: '10', amount: '53.6' },
      { rule: 'fixed_per_event', quantity: '4', unit_amount: '1', amount: '4' },
      { rule: 'minimum_per_event', quantity: '2', amount: '2.9' },
      { rule: 'maximum_per_event', quantity: '1', amount: '-43' },
    ]);
    expect(pricedEvents(percentage({ percent: '10', free_events: 1 }), ['100', '-50']).steps).toEqual([
      { rule: 'free_events', quantity: '1', amount: '0' },
      { rule: 'free_amount', quantity: '100', amount: '0' },
      { rule: 'percent', quantity: '-50', percent: '10', amount: '-5' },
      { rule: 'not_below_zero', quantity: '1', amount: '5' },
    ]);
    expect(pricedEvents(percentage({ percent: '10', maximum_per_event: '9' }), ['50']).steps).toEqual([
      { rule: 'percent', quantity: '50', percent: '10', amount: '5' },
    ]);
  });

  test.each([{ fixed_amount: '1' }, { free_events: 1 }, { minimum_per_event: '1' }, { maximum_per_event: '1' }])(
    'a quantity is not enough for %j',
    (limit) => {
      const price = percentage({ percent: '1', ...limit });
      expect(() => cost(price, '100')).toThrow(CannotPrice);
      expect(() => cost(price, '100')).toThrow(
        'needs "events", what each of them amounts to; a quantity is not enough',
      );
    },
  );
});
