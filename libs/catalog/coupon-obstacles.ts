import type { Coupon } from './coupon-schema.ts';

/** Why a coupon cannot be applied, in words. */
export interface CouponObstacle {
  readonly code: 'archived_coupon' | 'expired_coupon' | 'exhausted_coupon' | 'already_applied';
  readonly detail: string;
}

/** All that stands in the way; empty: nothing. `today` in the organization's time zone; `running`: a discount of it for the same bills. */
export function couponObstacles(coupon: Coupon, today: string, running: string | null): CouponObstacle[] {
  const { key, archivedAt, expiresOn, maxRedemptions, redemptions } = coupon;
  const obstacles: CouponObstacle[] = [];
  if (archivedAt !== null) obstacles.push({ code: 'archived_coupon', detail: `coupon "${key}" is archived` });
  if (expiresOn !== null && expiresOn <= today)
    obstacles.push({ code: 'expired_coupon', detail: `coupon "${key}" cannot be applied since ${expiresOn}` });
  if (maxRedemptions !== null && redemptions >= maxRedemptions)
    obstacles.push({
      code: 'exhausted_coupon',
      detail: `coupon "${key}" was applied ${redemptions} times, as often as it can be`,
    });
  if (running !== null)
    obstacles.push({
      code: 'already_applied',
      detail: `coupon "${key}" is applied by discount ${running} already; end that one first to apply it again`,
    });
  return obstacles;
}
