import type { ServicePeriod } from '#libs/catalog/billing-period.ts';

/**
 * What is billed once: one charge of one subscription for one service period. Plain data, with everything that its line is
 * made from; the charge's terms are as stored, not yet validated.
 */
export interface DueUnit {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  readonly kind: 'usage' | 'fee';
  readonly period: ServicePeriod;
  readonly currency: string;
  /** For messages: 'starter, version 2'. */
  readonly plan: string;
  readonly charge: {
    readonly position: number;
    readonly terms: unknown;
    /** Null for a fee. */
    readonly meter: { readonly id: number; readonly key: string } | null;
  };
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
  readonly kind: 'usage' | 'fee';
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
export function sortedUnitKeys(keys: readonly UnitKey[]): UnitKey[] {
  return [...keys].sort((a, b) => compare(unitKeyText(a), unitKeyText(b)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
