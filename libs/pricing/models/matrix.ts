import { Big } from '#libs/money/decimal.ts';
import { CannotPrice } from '../cannot-price.ts';
import type { PriceOf } from '../price-schema.ts';
import { timesStep } from '../price-step.ts';
import type { Pricer } from '../pricer.ts';

/** quantity × the rate of the group's values. Values that have no rate take the default, or are an error where there is none. */
export function matrixPricer({ dimensions, rates, default_unit_amount: other }: PriceOf<'matrix'>): Pricer {
  const byValues = new Map(rates.map((rate) => [JSON.stringify(rate.values), new Big(rate.unit_amount)]));
  const fallback = other === undefined ? undefined : new Big(other);
  return ({ quantity, group = {} }) => {
    const missing = dimensions.find((name) => !Object.hasOwn(group, name));
    if (missing !== undefined && !quantity.eq('0'))
      throw new CannotPrice(
        `The matrix price needs the property "${missing}" of its usage: send it as part of "group".`,
      );
    const values = dimensions.map((name) => (Object.hasOwn(group, name) ? (group[name] as string | null) : null));
    const unitAmount = byValues.get(JSON.stringify(values)) ?? fallback;
    if (unitAmount) return timesStep('matrix', quantity, unitAmount, { values });
    if (quantity.eq('0')) return timesStep('matrix', quantity, new Big('0'), { values });
    const named = dimensions.map((name, index) => `${name} ${JSON.stringify(values[index])}`).join(', ');
    throw new CannotPrice(
      `The matrix has no rate for ${named}, and no default_unit_amount: add one to a new version of the plan.`,
    );
  };
}
