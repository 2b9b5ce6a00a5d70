import type { GroupChoice } from '#libs/metering/read/usage-request.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import { groupingOf } from '#libs/pricing/price-in.ts';

/** Which groups of its meter a charge looks at, and how it splits them; undefined: all of them together. */
export function groupChoice(charge: Charge): GroupChoice | undefined {
  const by = groupingOf(charge);
  return by.length === 0 && !charge.filter ? undefined : { by, filter: charge.filter ?? {} };
}
