import { chargeSchema } from '#libs/pricing/charge-schema.ts';

type Parsed = ReturnType<typeof chargeSchema.safeParse>;

const known = new WeakMap<object, Parsed>();

/** The terms of a charge, read once for all the subscriptions that share them. */
export function parseCharge(terms: unknown): Parsed {
  if (typeof terms !== 'object' || terms === null) return chargeSchema.safeParse(terms);
  const before = known.get(terms);
  if (before !== undefined) return before;
  const parsed = chargeSchema.safeParse(terms);
  known.set(terms, parsed);
  return parsed;
}
