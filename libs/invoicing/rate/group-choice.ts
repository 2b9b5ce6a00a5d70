import type { GroupChoice } from '#libs/metering/read/usage-request.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import { groupingOf } from '#libs/pricing/price-in.ts';

/** How a charge splits and filters the usage that it prices; undefined: it takes all of it together. */
export function groupChoice(charge: Charge): GroupChoice | undefined {
  const by = groupingOf(charge);
  return by.length === 0 && !charge.filter ? undefined : { by, filter: charge.filter ?? {} };
}
