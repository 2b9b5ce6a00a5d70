import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { reasonOf } from '../cannot-bill.ts';
import type { DueUnit } from '../due/due-unit.ts';
import type { BilledUnit } from '../due/due-units.ts';
import { type Stretch, stretchesOf } from '../due/stretches.ts';
import { unitAgain } from '../due/unit-again.ts';
import type { BillableCustomer } from '../store/billable-customer.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';

/** A unit as it was billed, with the terms of then. */
export interface KnownUnit {
  readonly customer: BillableCustomer;
  readonly billed: BilledUnit;
  readonly unit: DueUnit;
}

/** Billed units with their terms. A customer of whom one cannot be read is parked. */
export function unitsAgain(
  billed: readonly BilledUnit[],
  customers: readonly BillableCustomer[],
  subscriptions: readonly Subscribed[],
): { readonly units: readonly KnownUnit[]; readonly parked: readonly ParkedCustomer[] } {
  const customerOf = new Map(customers.map((customer) => [customer.id, customer]));
  const subscriptionOf = new Map(subscriptions.map((each) => [each.subscriptionId, each]));
  const stretches = new Map<string, Stretch[]>();
  const units: KnownUnit[] = [];
  const parked = new Map<string, ParkedCustomer>();
  for (const one of billed) {
    const subscription = subscriptionOf.get(one.subscriptionId) as Subscribed;
    const customer = customerOf.get(subscription.customerId) as BillableCustomer;
    try {
      const known = stretches.get(one.subscriptionId) ?? stretchesOf(subscription);
      stretches.set(one.subscriptionId, known);
      units.push({ customer, billed: one, unit: unitAgain(one, subscription, known) });
    } catch (error) {
      parked.set(customer.id, { customerId: customer.id, ...reasonOf(error) });
    }
  }
  return { units, parked: [...parked.values()] };
}
