import type { UsageRequest } from '#libs/metering/read/usage-request.ts';
import type { DueUnit } from '../due/due-unit.ts';
import type { BillableCustomer } from '../store/billable-customer.ts';

/** What is asked of a unit's meter. */
export function usageRequestOf(
  customer: Pick<BillableCustomer, 'key' | 'aliases'>,
  unit: Pick<DueUnit, 'charge' | 'subscriptionId' | 'period'>,
): Omit<UsageRequest, 'groups'> {
  if (unit.charge.meter === null) throw new Error(`a unit of subscription ${unit.subscriptionId} has no meter`);
  return {
    meter: unit.charge.meter.key,
    names: [customer.key, ...customer.aliases],
    // Events that name another subscription of the customer are that one's.
    subscription: { named: unit.subscriptionId, orNone: true },
    from: Date.parse(unit.period.serviceFrom),
    to: Date.parse(unit.period.serviceTo),
  };
}
