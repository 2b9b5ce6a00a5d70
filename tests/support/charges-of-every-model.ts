/** A charge for each price model, of one meter `units` that is grouped by use and region; after a fee and seats. */

const tier = (up_to: string | null, more: object) => ({ up_to, ...more });
const filterOf = (use: string) => ({ filter: { use: [use] } });

export const CHARGES_OF_EVERY_MODEL = [
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
];

/** What their usage is told apart by. */
export const USES = CHARGES_OF_EVERY_MODEL.slice(2).map(({ key }) => key);
