import { describe, expect, test } from '@jest/globals';
import { faultsOf } from '#tests/support/faults.ts';
import { PRICE_MODELS, priceSchema } from './price-schema.ts';

const DECIMAL = 'must be a plain decimal such as "12.5" or "-0.002": digits, no exponent, no plus sign, no spaces';
const OPEN = { up_to: null, unit_amount: '1' };
const tier = (up_to: unknown, unit_amount: unknown = '1') => ({ up_to, unit_amount });
const graduated = (...tiers: unknown[]) => ({ model: 'graduated', tiers });
const percentage = (fields: Readonly<Record<string, unknown>>) => ({ model: 'percentage', percent: '1', ...fields });
const matrix = (dimensions: unknown, ...rates: unknown[]) => ({ model: 'matrix', dimensions, rates });
const rate = (values: unknown, unit_amount: unknown = '1') => ({ values, unit_amount });

describe('prices that are taken as they are', () => {
  test.each<[string, unknown]>([
    ['flat', { model: 'flat', amount: '49.00' }],
    ['a free flat fee', { model: 'flat', amount: '0' }],
    ['30 digits before the point', { model: 'flat', amount: '9'.repeat(30) }],
    ['per unit with 15 digits', { model: 'per_unit', unit_amount: '0.000000000000001' }],
    ['one open tier', graduated(OPEN)],
    ['a flat amount and a fractional bound', graduated({ ...tier('0.5'), flat_amount: '10' }, tier('1000'), OPEN)],
    ['the smallest tier', graduated(tier('0.000000000000001'), tier('0.000000000000002'), OPEN)],
    ['volume', { model: 'volume', tiers: [tier('5'), OPEN] }],
    [
      'stairstep',
      {
        model: 'stairstep',
        tiers: [
          { up_to: '10', flat_amount: '100' },
          { up_to: null, flat_amount: '0' },
        ],
      },
    ],
    ['packages', { model: 'package', size: '0.5', amount: '5.00', round: 'down' }],
    ['a percentage', { model: 'percentage', percent: '250' }],
    [
      'a percentage with all its limits',
      percentage({
        fixed_amount: '0.30',
        free_events: 3,
        free_amount: '250',
        minimum_per_event: '0.50',
        maximum_per_event: '0.50',
      }),
    ],
    [
      'graduated percentage',
      { model: 'graduated_percentage', tiers: [{ up_to: null, percent: '1', flat_amount: '2' }] },
    ],
    [
      'a matrix',
      { ...matrix(['region', 'class'], rate(['eu', 'large']), rate(['large', 'eu'])), default_unit_amount: '0' },
    ],
    ['a least amount of an event alone', percentage({ minimum_per_event: '0.50' })],
    ['a matrix of a default', { ...matrix(['region']), default_unit_amount: '0.12' }],
    ['an empty value', matrix(['region'], rate(['']))],
    ['dynamic', { model: 'dynamic', multiplier: '1.2' }],
    ['a thousand tiers', graduated(...Array.from({ length: 999 }, (_, index) => tier(String(index + 1))), OPEN)],
  ])('%s', (_, price) => {
    expect(priceSchema.parse(price)).toEqual(price);
  });

  test('what may be left out', () => {
    expect(priceSchema.parse({ model: 'package', size: '1', amount: '1' })).toMatchObject({ round: 'up' });
    expect(priceSchema.parse({ model: 'dynamic' })).toEqual({ model: 'dynamic', multiplier: '1' });
  });
});

describe('prices that are refused, with all faults and where they are', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', 'flat', [' must be an object']],
    ['nothing', null, [' must be an object']],
    ['a list', [], [' must be an object']],
    ['no model', {}, [`/model must be one of ${PRICE_MODELS.map((model) => `"${model}"`).join(', ')}`]],
    [
      'an unknown model',
      { model: 'stairs' },
      [expect.stringMatching(/^\/model must be one of "flat", "per_unit", /) as never],
    ],
    ['a missing amount', { model: 'flat' }, ['/amount is missing']],
    ['a misspelt field', { model: 'flat', amount: '1', amout: '2' }, ['/amout is not a known field']],
    ['a float', { model: 'per_unit', unit_amount: 0.002 }, ['/unit_amount must be a string']],
    ['an exponent', { model: 'per_unit', unit_amount: '2e-3' }, [`/unit_amount ${DECIMAL}`]],
    ['a negative amount', { model: 'flat', amount: '-1' }, ['/amount must not be negative']],
    [
      'too long before the point',
      { model: 'flat', amount: '1'.repeat(31) },
      ['/amount has 31 digits before the point; at most 30 are taken'],
    ],
    [
      'too long after it',
      { model: 'flat', amount: `0.${'0'.repeat(15)}1` },
      ['/amount has 16 digits after the point; at most 15 are taken'],
    ],

    ['tiers that are left out', { model: 'graduated' }, ['/tiers is missing']],
    ['no tiers', graduated(), ['/tiers must hold at least one tier, the last with "up_to": null']],
    ['tiers that are no list', { model: 'graduated', tiers: {} }, ['/tiers must be an array']],
    [
      'tiers that are no objects',
      graduated(null, 'x', OPEN),
      ['/tiers/0 must be an object', '/tiers/1 must be an object'],
    ],
    [
      'too many tiers',
      graduated(...Array.from({ length: 1000 }, (_, index) => tier(String(index + 1))), OPEN),
      ['/tiers must hold at most 1000 entries'],
    ],
    [
      'no open tier',
      { model: 'volume', tiers: [tier('5')] },
      ['/tiers/0/up_to must be null: the last tier is open, so that every quantity has a price'],
    ],
    ['two open tiers', graduated(OPEN, OPEN), ['/tiers/0/up_to must be a quantity: only the last tier is open']],
    [
      'bounds that stand still, by value and not by text',
      graduated(tier('10'), tier('10.0'), OPEN),
      ['/tiers/1/up_to must be more than the bound of the tier before (10)'],
    ],
    [
      'bounds that fall by number though not by letters',
      graduated(tier('1000'), tier('200'), OPEN),
      ['/tiers/1/up_to must be more than the bound of the tier before (1000)'],
    ],
    [
      'bounds that fall twice',
      graduated(tier('3'), tier('2'), tier('1'), OPEN),
      [
        '/tiers/1/up_to must be more than the bound of the tier before (3)',
        '/tiers/2/up_to must be more than the bound of the tier before (2)',
      ],
    ],
    ['an empty first tier', graduated(tier('0'), OPEN), ['/tiers/0/up_to must be more than 0']],
    ['a bound below zero', graduated(tier('-1'), OPEN), ['/tiers/0/up_to must be more than 0']],
    ['a bound that is no decimal', graduated(tier('many'), tier('10'), OPEN), [`/tiers/0/up_to ${DECIMAL}`]],
    [
      'a bound in the middle that is no decimal',
      graduated(tier('10'), tier('many'), tier('9'), OPEN),
      [`/tiers/1/up_to ${DECIMAL}`, '/tiers/2/up_to must be more than the bound of the tier before (10)'],
    ],
    ['a bound that is a number', graduated(tier(10), OPEN), ['/tiers/0/up_to must be a string']],
    ['a bound that is left out', graduated({ unit_amount: '1' }, OPEN), ['/tiers/0/up_to is missing']],
    [
      'faults in two tiers',
      graduated(tier('10', 'ten'), { ...OPEN, flat_amount: '+1' }),
      [`/tiers/0/unit_amount ${DECIMAL}`, `/tiers/1/flat_amount ${DECIMAL}`],
    ],
    [
      "another model's figure",
      { model: 'volume', tiers: [{ up_to: null, percent: '1' }] },
      ['/tiers/0/unit_amount is missing', '/tiers/0/percent is not a known field'],
    ],
    [
      'a step without its amount',
      { model: 'stairstep', tiers: [{ up_to: null }] },
      ['/tiers/0/flat_amount is missing'],
    ],
    [
      'a step with a rate',
      { model: 'stairstep', tiers: [{ up_to: null, flat_amount: '1', unit_amount: '1' }] },
      ['/tiers/0/unit_amount is not a known field'],
    ],
    [
      'closed tiers of percentages',
      { model: 'graduated_percentage', tiers: [{ up_to: '5', percent: '1' }] },
      ['/tiers/0/up_to must be null: the last tier is open, so that every quantity has a price'],
    ],
    [
      'a percentage below zero',
      { model: 'graduated_percentage', tiers: [{ up_to: null, percent: '-1' }] },
      ['/tiers/0/percent must not be negative'],
    ],

    ['a size of nothing', { model: 'package', size: '0', amount: '1' }, ['/size must be more than 0']],
    [
      'packages with three faults',
      { model: 'package', size: '-5', amount: '-1', round: 'half' },
      ['/size must be more than 0', '/amount must not be negative', '/round must be one of "up", "down"'],
    ],

    ['no percentage', { model: 'percentage' }, ['/percent is missing']],
    [
      'limits below zero',
      percentage({ percent: '-1', free_events: -1, free_amount: '-1', fixed_amount: '-1' }),
      [
        '/percent must not be negative',
        '/fixed_amount must not be negative',
        '/free_events must be at least 0',
        '/free_amount must not be negative',
      ],
    ],
    ['half an event', percentage({ free_events: 1.5 }), ['/free_events must be a whole number']],
    ['events as text', percentage({ free_events: '3' }), ['/free_events must be a number']],
    [
      'a floor over the cap',
      percentage({ minimum_per_event: '5', maximum_per_event: '4.99' }),
      ['/maximum_per_event must not be less than minimum_per_event (5)'],
    ],
    [
      'and another fault',
      percentage({ percent: 'x', minimum_per_event: '5', maximum_per_event: '4.99' }),
      [`/percent ${DECIMAL}`, '/maximum_per_event must not be less than minimum_per_event (5)'],
    ],
    [
      'a floor that cannot be read',
      percentage({ minimum_per_event: 'x', maximum_per_event: '4' }),
      [`/minimum_per_event ${DECIMAL}`],
    ],

    ['no dimensions', matrix([]), ['/dimensions must hold at least 1 entry']],
    ['nine dimensions', matrix([...'abcdefghi']), ['/dimensions must hold at most 8 entries']],
    ['a dimension without a name', matrix(['']), ['/dimensions/0 must not be empty']],
    ['a dimension twice', matrix(['a', 'b', 'a']), ['/dimensions/2 is named by dimension 0 too']],
    [
      'too few values, and values twice',
      matrix(['a', 'b'], rate(['x']), rate(['x', 'y']), rate(['x', 'y'], '2')),
      [
        '/rates/0/values must hold one value for each dimension: 2, not 1',
        '/rates/2/values has a rate already: see rate 1',
      ],
    ],
    [
      'rates of other shapes',
      matrix(['a'], rate([1]), rate('x', '-1'), null),
      [
        '/rates/0/values/0 must be a string',
        '/rates/1/values must be an array',
        '/rates/1/unit_amount must not be negative',
        '/rates/2 must be an object',
      ],
    ],
    [
      'values of which one is no text, twice: told for what they are, not compared',
      matrix(['a', 'b'], rate(['x', 1]), rate(['x', 1])),
      ['/rates/0/values/1 must be a string', '/rates/1/values/1 must be a string'],
    ],
    ['dimensions that are no list', matrix('a', rate(['x'])), ['/dimensions must be an array']],
    ['no rates', { model: 'matrix', dimensions: ['a'] }, ['/rates is missing']],
    [
      'a default below zero',
      { ...matrix(['a']), default_unit_amount: '-1' },
      ['/default_unit_amount must not be negative'],
    ],

    ['a multiplier of nothing', { model: 'dynamic', multiplier: '0' }, ['/multiplier must be more than 0']],
    ['a multiplier below zero', { model: 'dynamic', multiplier: '-1.2' }, ['/multiplier must be more than 0']],
    ['a multiplier that is a number', { model: 'dynamic', multiplier: 1.2 }, ['/multiplier must be a string']],
  ])('%s', (_, price, expected) => {
    expect(faultsOf(priceSchema, price)).toEqual(expected);
  });
});
