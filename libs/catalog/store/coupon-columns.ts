/** Columns of a Coupon, read from `coupons`. */
export const COUPON_COLUMNS = `id, key, name, percent, amount, currency, duration, periods, charges, max_redemptions AS "maxRedemptions",
  expires_on AS "expiresOn", archived_at AS "archivedAt", created_at AS "createdAt",
  (SELECT count(*)::integer FROM discounts d WHERE d.organization_id = coupons.organization_id AND d.coupon_id = coupons.id) AS redemptions`;
