import type { PriceRule, PriceStep } from '#libs/pricing/price-step.ts';

const RULES: Readonly<Record<PriceRule, Partial<PriceStep>>> = {
  convert: { result: '1' },
  included_units: {},
  flat: { unit_amount: '1' },
  per_unit: { unit_amount: '1' },
  tier: { from: '0', up_to: '1', unit_amount: '1' },
  tier_flat: { from: '1', up_to: '2', unit_amount: '1' },
  package: { per: '10', unit_amount: '1' },
  free_events: {},
  free_amount: {},
  percent: { percent: '1' },
  fixed_per_event: { unit_amount: '1' },
  minimum_per_event: {},
  maximum_per_event: {},
  not_below_zero: {},
  matrix: { values: ['1', null], unit_amount: '1' },
  multiplier: {},
  unit_rate: { unit_amount: '1' },
  proration: { per: '31' },
  discount: { percent: '1' },
  maximum: {},
  rounding: {},
  unused: { per: '31' },
  billed_before: {},
  minimum: {},
  charged: {},
  credited: {},
};

/** One step of every rule, tiers and percentages in each of their forms. */
export function everyStep(): PriceStep[] {
  const all = Object.entries(RULES).map(
    ([rule, more]): PriceStep => ({
      rule: rule as PriceRule,
      quantity: '1',
      amount: '1',
      ...more,
    }),
  );
  const tier = { rule: 'tier', quantity: '1', amount: '1' } as const;
  return [
    ...all,
    { ...tier, from: '1', up_to: '2', unit_amount: '1' },
    { ...tier, from: '1', up_to: null, unit_amount: '1' },
    { ...tier, from: '0', up_to: null, percent: '1' },
    { ...tier, amount: '0.3333333333333333333333333333333333333333' },
  ];
}
