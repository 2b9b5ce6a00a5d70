import { HOUR } from '../hour.ts';
import type { HourlyKey } from '../hour-fold.ts';

/** Raw events of one hour that may lie in one hourly row; those of its group are picked later. */
export interface RawHour extends Omit<HourlyKey, 'groupKey' | 'meterId'> {
  readonly type: string;
}

/** An event can have arrived a day before its own time at most. */
const AHEAD = 86_400_000;

export const RAW_HOUR = `e.organization_id = $1 AND e.customer = $2 AND e.time >= $3 AND e.time < $4 AND e.received_at >= $5
  AND e.subscription = $6 AND e.type = $7`;

export const rawHourValues = ({ organizationId, customer, hour, subscription, type }: RawHour): unknown[] => [
  organizationId,
  customer,
  new Date(hour),
  new Date(hour + HOUR),
  new Date(hour - AHEAD),
  subscription,
  type,
];
