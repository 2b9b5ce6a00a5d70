/** Selects CustomerDiscounts; conditions on d follow. */
export const DISCOUNT_SELECT = `SELECT d.id, d.customer_id AS "customerId", c.key AS "couponKey", d.subscription_id AS "subscriptionId", d.position, d.name, d.percent, d.amount, d.currency,
         d.duration, d.periods, d.charges, d.starts_on AS "startsOn", d.ends_on AS "endsOn", d.created_at AS "createdAt"
    FROM discounts d JOIN coupons c ON c.organization_id = d.organization_id AND c.id = d.coupon_id`;
