import { canonicalJson } from '#libs/events/canonical-json.ts';
import type { DocumentLine } from '../documents/document.ts';

type Keyed = Pick<DocumentLine, 'kind' | 'subscription_id' | 'charge_key' | 'service_from' | 'group' | 'adjusts'>;

/** What a line bills, as one text: the same on the document that billed it first and on those that adjust it. */
export function lineKey(line: Keyed): string {
  const part = line.kind === 'adjustment' ? line.adjusts : line.kind;
  return [unitIdOf(line), part, canonicalJson(line.group ?? null)].join('\0');
}

/** The unit that a line belongs to; '' for one of no subscription. A unit may be cut down at its end, never at its beginning. */
export function unitIdOf(line: Pick<Keyed, 'subscription_id' | 'charge_key' | 'service_from'>): string {
  const { subscription_id: subscriptionId, charge_key: chargeKey, service_from: serviceFrom } = line;
  if (subscriptionId === undefined || chargeKey === undefined || serviceFrom === undefined) return '';
  return unitId({ subscriptionId, chargeKey, serviceFrom });
}

/** The same of a unit. */
export const unitId = (unit: {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  /** Instant, RFC 3339. */
  readonly serviceFrom: string;
}): string => [unit.subscriptionId, unit.chargeKey, Date.parse(unit.serviceFrom)].join('\0');
