import type { Charge } from '#libs/pricing/charge-schema.ts';
import type { Override } from './overrides.ts';

const AMOUNTS = ['price', 'maximum_amount', 'minimum_amount', 'unit'] as const;

/**
 * What a charge says in its plan's currency and in no other: nothing converts it. What an override says instead is in the currency of the
 * subscription. The terms may be as stored, not yet validated.
 */
export function inPlanCurrency(terms: unknown, override: Override = {}): (typeof AMOUNTS)[number][] {
  const planned = (terms ?? {}) as Partial<Charge>;
  const instead = new Set(Object.keys(override.prices ? { ...override, price: null } : override));
  return AMOUNTS.filter((field) => planned[field] !== undefined && !instead.has(field));
}
