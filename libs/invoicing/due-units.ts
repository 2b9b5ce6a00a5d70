import { periodsEndingIn, type ServicePeriod } from '#libs/catalog/billing-period.ts';
import { CannotBill } from './cannot-bill.ts';
import type { DueUnit } from './due-unit.ts';

/** A subscription with the charges of its plan version. */
export interface SubscriptionCharges {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly timeZone: string;
  /** Date (UTC) on which the subscription was entered. */
  readonly createdOn: string;
  readonly plan: string;
  readonly currency: string;
  readonly charges: readonly ({ readonly key: string } & DueUnit['charge'])[];
}

/** A unit that stands on a live document. */
export interface BilledUnit {
  readonly subscriptionId: string;
  readonly chargeKey: string;
  readonly kind: string;
  /** Epoch milliseconds, half open. */
  readonly from: number;
  readonly to: number;
}

/** Which periods are asked for. */
export interface DueWindow {
  /** Local dates: periods that end after the one and not after the other. */
  readonly endsAfter: string;
  readonly endsUntil: string;
  /** Epoch milliseconds: only what ended by then, so that its grace had passed when the barrier was noted. */
  readonly endedBy: number;
  /** Whether to bill what had ended before the subscription was entered. A run that someone asked for does; the schedule does not. */
  readonly backdated: boolean;
}

/** The unbilled units of a subscription. @throws CannotBill when its time zone is unknown */
export function dueUnits(
  subscription: SubscriptionCharges,
  billed: readonly BilledUnit[],
  window: DueWindow,
): DueUnit[] {
  const periods = duePeriods(subscription, window);
  return periods.flatMap((period) =>
    subscription.charges.flatMap(({ key, ...charge }): DueUnit[] => {
      const kind = charge.meter === null ? 'fee' : 'usage';
      if (billed.some((unit) => covers(unit, subscription.subscriptionId, key, kind, period))) return [];
      return [
        {
          subscriptionId: subscription.subscriptionId,
          chargeKey: key,
          kind,
          period,
          currency: subscription.currency,
          plan: subscription.plan,
          charge,
        },
      ];
    }),
  );
}

function duePeriods(subscription: SubscriptionCharges, window: DueWindow): ServicePeriod[] {
  const after =
    window.backdated || subscription.createdOn < window.endsAfter ? window.endsAfter : subscription.createdOn;
  if (after >= window.endsUntil) return [];
  try {
    return periodsEndingIn(subscription, after, window.endsUntil).filter(
      (period) => Date.parse(period.serviceTo) <= window.endedBy,
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CannotBill(
      'unknown_time_zone',
      `Subscription ${subscription.subscriptionId} is pinned to time zone "${subscription.timeZone}", which is not known here.`,
      { cause: error },
    );
  }
}

/** Overlapping is enough: whatever was cut differently before is never billed a second time. */
function covers(unit: BilledUnit, subscriptionId: string, key: string, kind: string, period: ServicePeriod): boolean {
  return (
    unit.subscriptionId === subscriptionId &&
    unit.chargeKey === key &&
    unit.kind === kind &&
    unit.from < Date.parse(period.serviceTo) &&
    unit.to > Date.parse(period.serviceFrom)
  );
}
