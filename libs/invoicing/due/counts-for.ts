import type { DueUnit } from './due-unit.ts';

/** What counts towards a commitment: all services of its subscription that end in its period, whenever they began. */
export const countsFor = (commitment: DueUnit, subscriptionId: string, serviceTo: string): boolean =>
  subscriptionId === commitment.subscriptionId &&
  Date.parse(serviceTo) > Date.parse(commitment.period.serviceFrom) &&
  Date.parse(serviceTo) <= Date.parse(commitment.period.serviceTo);
