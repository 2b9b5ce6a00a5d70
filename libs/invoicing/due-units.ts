import { CALENDAR_MONTHS, periodsEndingIn, type ServicePeriod } from '#libs/catalog/billing-period.ts';
import { CannotBill } from './cannot-bill.ts';
import type { DueUnit } from './due-unit.ts';

/** A subscription with the charges of its plan version. */
export interface SubscriptionCharges {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly timeZone: string;
  /** When the subscription was entered, epoch milliseconds. */
  readonly createdAt: number;
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
  const own = billed.filter((unit) => unit.subscriptionId === subscription.subscriptionId);
  const billedOf = Map.groupBy(own, ({ kind, chargeKey }) => `${kind} ${chargeKey}`);
  return duePeriods(subscription, window).flatMap((period) => {
    const [from, to] = [Date.parse(period.serviceFrom), Date.parse(period.serviceTo)];
    // Overlapping is enough: whatever was cut differently before is never billed a second time.
    const isBilled = (unit: BilledUnit) => unit.from < to && unit.to > from;
    return subscription.charges.flatMap(({ key, ...charge }): DueUnit[] => {
      const kind = charge.meter === null ? 'fee' : 'usage';
      if (billedOf.get(`${kind} ${key}`)?.some(isBilled)) return [];
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
    });
  });
}

function duePeriods(subscription: SubscriptionCharges, window: DueWindow): ServicePeriod[] {
  // Not what had ended when the subscription was entered, to the instant: dates differ between zones.
  const endsLaterThan = window.backdated ? Number.NEGATIVE_INFINITY : subscription.createdAt;
  try {
    return periodsEndingIn(subscription, CALENDAR_MONTHS, window.endsAfter, window.endsUntil).filter(
      ({ serviceTo }) => {
        const end = Date.parse(serviceTo);
        return end <= window.endedBy && end > endsLaterThan;
      },
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
