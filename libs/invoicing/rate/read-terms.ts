import type { Charge } from '#libs/pricing/charge-schema.ts';
import { isFee } from '#libs/pricing/price-in.ts';
import { CannotBill } from '../cannot-bill.ts';
import type { DueUnit } from '../due/due-unit.ts';
import { parseCharge } from './parse-charge.ts';

/** The charge of a unit as it was stored, validated. @throws CannotBill */
export function readTerms({
  chargeKey,
  plan,
  charge: { terms, meter },
}: Pick<DueUnit, 'chargeKey' | 'plan' | 'charge'>): Charge {
  const where = `Charge "${chargeKey}" of plan ${plan}`;
  if (terms === null || terms === undefined)
    throw new CannotBill('missing_price', `${where} has no price: sell a version of the plan that has one.`);
  const parsed = parseCharge(terms);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CannotBill(
      'invalid_price',
      `${where} has a price that cannot be applied (/${issue?.path.join('/') ?? ''}: ${issue?.message}).`,
    );
  }
  if (meter === null && !isFee(parsed.data))
    throw new CannotBill(
      'price_needs_meter',
      `${where} has a price for usage but no meter to count by: give it a meter or a flat price in a new version of the plan.`,
    );
  return parsed.data;
}
