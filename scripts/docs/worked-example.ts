import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { formatQuantity } from '#libs/money/format.ts';
import { sum } from '#libs/money/sum.ts';
import { type ChargeLine, type GroupUsage, priceCharge } from '#libs/pricing/charge/price-charge.ts';
import { type Charge, chargeSchema } from '#libs/pricing/charge-schema.ts';
import { groupingOf, isFee } from '#libs/pricing/price-in.ts';
import type { PriceRule, PriceStep } from '#libs/pricing/price-step.ts';

/** What a row of docs/pricing.md says, worked out by the real pricers. */

export const CURRENCY = 'USD';

/** A block of the page: a price by itself, or a charge without its key. */
export function chargeOf(block: Readonly<Record<string, unknown>>): Charge {
  const fields = 'model' in block ? { price: block } : block;
  return chargeSchema.parse({ key: 'example', ...fields });
}

/**
 * Reads a usage cell: `12,345.5`; `4 and 6` of two groups; `5 (eu, large)` of a group; `events 10, 80`; `17 of 31 days` of a fee.
 * Decimals are read without their commas.
 */
export function linesOf(charge: Charge, cell: string): ChargeLine[] {
  const days = /^(\d+) of (\d+) days$/.exec(cell);
  if (days)
    return priceCharge(charge, {
      currency: CURRENCY,
      groups: [{ group: null, quantity: new Big('1') }],
      share: { days: Number(days[1]), periodDays: Number(days[2]) },
    });
  return priceCharge(charge, { currency: CURRENCY, groups: usageOf(charge, cell) });
}

function usageOf(charge: Charge, cell: string): GroupUsage[] {
  if (isFee(charge) && charge.quantity === undefined) return [{ group: null, quantity: new Big('1') }];
  if (cell.startsWith('events ')) {
    const events = cell.slice('events '.length).split('; ').map(decimal);
    return [{ group: null, quantity: sum(events), events }];
  }
  const names = groupingOf(charge);
  return cell.split(' and ').map((one) => {
    const [, quantity = '', values = ''] = /^([-\d.,]+)(?: \((.*)\))?$/.exec(one) ?? [];
    if (names.length === 0) return { group: null, quantity: decimal(quantity) };
    const group = Object.fromEntries(names.map((name, index) => [name, values.split(', ')[index] as string]));
    return { group, quantity: decimal(quantity) };
  });
}

const decimal = (text: string): Big => new Big(text.replaceAll(',', ''));

/** The amount of each line, added up. */
export const totalOf = (lines: readonly ChargeLine[]): Big => sum(lines.map(({ amount }) => amount));

/** `27.69`, or `50.00 + 50.00` of several lines. */
export const amountCell = (lines: readonly ChargeLine[]): string =>
  lines.map(({ amount }) => amount.toFixed(currencyDigits(CURRENCY))).join(' + ');

/** The steps of the lines, short: `1,000 × 0.004 + 5, less 10 %; at least 20`. */
export const workingCell = (lines: readonly ChargeLine[]): string =>
  lines.map(({ steps }) => steps.reduce(joined, '')).join('; ');

const ADDS: ReadonlySet<PriceRule> = new Set(['tier', 'tier_flat', 'fixed_per_event']);

const joined = (before: string, step: PriceStep): string =>
  before + (before === '' ? '' : ADDS.has(step.rule) ? ' + ' : ', ') + TEXTS[step.rule](step);

const figure = (text: string | undefined): string => formatQuantity(text ?? '0');
const product = ({ quantity, unit_amount: unit }: PriceStep): string => `${figure(quantity)} × ${figure(unit)}`;
const share = ({ quantity, percent }: PriceStep): string => `${percent} % of ${figure(quantity)}`;

const TEXTS: Readonly<Record<PriceRule, (step: PriceStep) => string>> = {
  convert: ({ quantity, result }) => `${figure(quantity)} are ${figure(result)}`,
  included_units: ({ quantity }) => `${figure(quantity)} included`,
  flat: ({ amount }) => figure(amount),
  per_unit: product,
  tier: (step) => (step.percent === undefined ? product(step) : share(step)),
  tier_flat: ({ amount }) => figure(amount),
  package: product,
  free_events: ({ quantity }) => `${quantity} events free`,
  free_amount: ({ quantity }) => `${figure(quantity)} free`,
  percent: share,
  fixed_per_event: product,
  minimum_per_event: ({ quantity, amount }) => `${quantity} raised by ${figure(amount)}`,
  maximum_per_event: ({ quantity, amount }) => `${quantity} cut by ${figure(amount.replace('-', ''))}`,
  not_below_zero: () => 'not below 0',
  matrix: product,
  multiplier: product,
  unit_rate: ({ quantity, unit_amount: unit }) => `${figure(quantity)} credits at ${figure(unit)}`,
  proration: ({ quantity, per }) => `${quantity} of ${per} days`,
  discount: ({ percent }) => `less ${percent} %`,
  maximum: ({ unit_amount: most }) => `at most ${figure(most)}`,
  rounding: () => 'rounded',
  billed_before: ({ amount }) => `less ${figure(amount.replace('-', ''))} billed before`,
  minimum: ({ unit_amount: least }) => `at least ${figure(least)}`,
  unused: ({ quantity, per }) => `${quantity} of ${per} days not used`,
  credited: ({ amount }) => `${figure(amount)} given back`,
  charged: ({ amount }) => `less ${figure(amount.replace('-', ''))}`,
};
