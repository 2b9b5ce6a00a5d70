import { parseArgs } from 'node:util';
import { Big } from '#libs/money/decimal.ts';
import { type GroupUsage, priceCharge } from '#libs/pricing/charge/price-charge.ts';
import { type Charge, chargeSchema } from '#libs/pricing/charge-schema.ts';
import { writeReport } from './report.ts';
import { medians, round } from './statistics.ts';

/*
 * `npm run bench:pricing`: how many charges one core prices in a second, each with all its steps and rounded, by model; for the three-tier
 * graduated price also beside the bare big.js arithmetic of the same sum. Needs no services. Exit code 1 if the two disagree on a cent.
 */

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const rounds = flags.quick ? 2 : 7;
const millis = flags.quick ? 200 : 1000;

const TIERS = [
  { up_to: '1000', unit_amount: '0.004' },
  { up_to: '50000', unit_amount: '0.002', flat_amount: '5' },
  { up_to: null, unit_amount: '0.0012' },
];
const PERCENT_TIERS = [
  { up_to: '1000', percent: '1', flat_amount: '200' },
  { up_to: '50000', percent: '2' },
  { up_to: null, percent: '3' },
];
const PRICES = {
  graduated: { model: 'graduated', tiers: TIERS },
  flat: { model: 'flat', amount: '49.00' },
  per_unit: { model: 'per_unit', unit_amount: '0.002' },
  volume: { model: 'volume', tiers: TIERS },
  stairstep: { model: 'stairstep', tiers: TIERS.map(({ up_to }) => ({ up_to, flat_amount: '100' })) },
  package: { model: 'package', size: '1000', amount: '5.00' },
  percentage: { model: 'percentage', percent: '2.9', free_amount: '250' },
  graduated_percentage: { model: 'graduated_percentage', tiers: PERCENT_TIERS },
  matrix: { model: 'matrix', dimensions: ['region'], rates: [{ values: ['eu'], unit_amount: '0.10' }] },
  dynamic: { model: 'dynamic', multiplier: '1.2' },
} as const;

/** Three events each, so that figures are of charges, not of events. */
const EVENTS = { model: 'percentage', percent: '2.9', fixed_amount: '0.30', free_events: 1, maximum_per_event: '12' };

/** A graduated price with everything around it. */
const AROUND = {
  convert: { divide: '1000', round: 'up' },
  included_units: '1',
  discount_percent: '10',
  maximum_amount: '100',
  minimum_amount: '1',
};

const chargeOf = (price: unknown, more: object = {}): Charge => chargeSchema.parse({ key: 'api', price, ...more });

/** Up to 100,000.00 units, spread evenly, the same in each run: half of them reach the open tier. */
const QUANTITIES = Array.from({ length: 1000 }, (_, index) => new Big(`${(index * 7_919_003) % 10_000_000}e-2`));
const USAGE: readonly (readonly GroupUsage[])[] = QUANTITIES.map((quantity) => [{ group: { region: 'eu' }, quantity }]);
const EVENT_USAGE: readonly (readonly GroupUsage[])[] = QUANTITIES.map((quantity) => [
  { group: null, quantity: quantity.times('3'), events: [quantity, quantity, quantity] },
]);

type Work = (index: number) => Big;

const pricing =
  (charge: Charge, usage = USAGE): Work =>
  (index) =>
    priceCharge(charge, { currency: 'USD', groups: usage[index] as readonly GroupUsage[] })[0]?.amount as Big;

const [first, second, third] = TIERS.map(({ unit_amount }) => new Big(unit_amount)) as [Big, Big, Big];
const [low, high] = TIERS.map(({ up_to }) => new Big(up_to ?? '0')) as [Big, Big];
const flat = new Big('5');
/** The graduated sum by hand: nothing but the arithmetic that its figures need. */
const bare: Work = (index) => {
  const quantity = QUANTITIES[index] as Big;
  const inFirst = quantity.lt(low) ? quantity : low;
  let sum = inFirst.times(first);
  if (quantity.gt(low)) sum = sum.plus((quantity.lt(high) ? quantity : high).minus(low).times(second)).plus(flat);
  if (quantity.gt(high)) sum = sum.plus(quantity.minus(high).times(third));
  return sum.round(2);
};

/** Charges in a second of CPU of this process. */
function rate(work: Work): number {
  const cost = process.cpuUsage();
  const until = performance.now() + millis;
  let count = 0;
  while (performance.now() < until) {
    for (let index = 0; index < QUANTITIES.length; index += 1) work(index);
    count += QUANTITIES.length;
  }
  const { user, system } = process.cpuUsage(cost);
  return count / ((user + system) / 1e6);
}

const graduated = pricing(chargeOf(PRICES.graduated));
const WORK: Readonly<Record<string, Work>> = {
  'bare big.js': bare,
  ...Object.fromEntries(Object.entries(PRICES).map(([model, price]) => [model, pricing(chargeOf(price))])),
  'percentage, 3 events': pricing(chargeOf(EVENTS), EVENT_USAGE),
  'graduated, all mutators': pricing(chargeOf(PRICES.graduated, AROUND)),
};

for (const [index, quantity] of QUANTITIES.entries()) {
  const [ours, theirs] = [graduated(index), bare(index)];
  if (ours.eq(theirs)) continue;
  console.error(`${quantity.toFixed()} units: ${ours.toFixed()}, by bare arithmetic ${theirs.toFixed()}`);
  process.exit(1);
}

for (const work of Object.values(WORK)) rate(work);
const turns: Record<string, number>[] = [];
for (let turn = 0; turn < rounds; turn += 1)
  turns.push(Object.fromEntries(Object.entries(WORK).map(([name, work]) => [name, rate(work)])));
const results = medians(turns);
const ratio = round((results.graduated as number) / (results['bare big.js'] as number));
console.table(Object.fromEntries(Object.entries(results).map(([name, each]) => [name, { 'charges/s': each }])));
console.log(
  `three-tier graduated: ${results.graduated} charges/s of one core, ${ratio} of bare big.js (target: 50,000/s)`,
);
await writeReport('pricing', { rounds, millis, target: 50_000, ratio, results, raw: turns });
