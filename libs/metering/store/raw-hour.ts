import { HOUR } from '../hour.ts';
import type { HourlyKey } from '../hour-fold.ts';

/** Raw events of one hour that may lie in one hourly row; those of its group are picked later. */
export interface RawHour extends Omit<HourlyKey, 'groupKey' | 'meterId'> {
  readonly type: string;
  /** Epoch milliseconds: none of them arrived before it. */
  readonly arrivedFrom: number;
}

export const RAW_HOUR = `e.organization_id = $1 AND e.customer = $2 AND e.time >= $3 AND e.time < $4 AND e.received_at >= $5
  AND e.subscription = $6 AND e.type = $7`;

export const rawHourValues = ({
  organizationId,
  customer,
  hour,
  arrivedFrom,
  subscription,
  type,
}: RawHour): unknown[] => [
  organizationId,
  customer,
  new Date(hour),
  new Date(hour + HOUR),
  new Date(arrivedFrom),
  subscription,
  type,
];
