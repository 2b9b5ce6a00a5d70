import type { ServicePeriod } from '#libs/catalog/billing-period.ts';
import type { SubscribedCharge } from '#libs/catalog/subscribed.ts';
import type { Charge } from '#libs/pricing/charge-schema.ts';
import type { UsageSeen } from '../late/usage-seen.ts';

/** `commitment`: what the plan as a whole lacks to its minimum. */
export type UnitKind = 'usage' | 'fee' | 'commitment';

/** Charge key of what belongs to the plan as a whole. */
export const WHOLE_PLAN = '';

/** The version of a plan by whose prices something was issued anew. */
export interface PricedBy {
  readonly id: string;
  /** Its key. */
  readonly plan: string;
  readonly version: number;
}

/**
 * What is billed once: one charge of one subscription for one service period. Plain data, with everything that its line is
 * made from; the charge's terms are as stored, overrides applied, not yet validated.
 */
export interface DueUnit {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  readonly kind: UnitKind;
  readonly period: ServicePeriod;
  readonly billing: Charge['billing'];
  /** Local date on which it falls due: the end of its period, in advance the beginning. */
  readonly dueOn: string;
  readonly currency: string;
  /** For messages: 'starter, version 2'. */
  readonly plan: string;
  /** The change of the subscription by whose terms it is billed. */
  readonly changeId: string;
  /** Left out where the plan of that change prices it. */
  readonly pricedBy?: PricedBy;
  readonly charge: Omit<SubscribedCharge, 'key'>;
  /** Of what the charge prices by name, such as seats; null where it names nothing or the subscription has none. */
  readonly quantity: string | null;
}

/** What the meter counted in the unit's period, of one group. */
export interface MeteredUsage {
  /** Canonical JSON of the properties that the charge splits its usage by; '' where it does not. */
  readonly groupKey: string;
  readonly quantity: string;
  /** What each event amounts to, in order, where the price looks at single events. */
  readonly events?: readonly string[];
  readonly eventCount: string;
  readonly digest: string;
  /** Of a meter that is summed over time: the level that earlier events left. '0' for all others. */
  readonly carriedIn: string;
}

/** Identity of a unit as billed_units keeps it. */
export interface UnitKey {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  readonly serviceFrom: string;
  readonly serviceTo: string;
  readonly kind: UnitKind;
}

/** A unit with what billed_units notes about it. */
export interface UnitToBill extends UnitKey {
  /** On all its lines. */
  readonly amount: string;
  readonly changeId: string;
  /** As in BilledUnit. */
  readonly pricedBy?: string | null;
  /** What of its usage was seen; null where nothing is metered. */
  readonly seen: UsageSeen | null;
}

export function unitKeyOf(unit: DueUnit): UnitKey {
  return {
    subscriptionId: unit.subscriptionId,
    chargeKey: unit.chargeKey,
    serviceFrom: unit.period.serviceFrom,
    serviceTo: unit.period.serviceTo,
    kind: unit.kind,
  };
}

/** One text per unit, for sets and for the one order in which units are locked. */
export function unitKeyText(key: UnitKey): string {
  return [key.subscriptionId, key.chargeKey, key.serviceFrom, key.serviceTo, key.kind].join('\0');
}

/** In the order of billed_units' key, so that concurrent runs wait for each other instead of dead-locking. */
export function sortedUnits<Unit extends UnitKey>(units: readonly Unit[]): Unit[] {
  return [...units].sort((a, b) => compare(unitKeyText(a), unitKeyText(b)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
