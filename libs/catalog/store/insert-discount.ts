import type { Transaction } from '#libs/database/transaction.ts';

export interface NewDiscount {
  readonly id: string;
  readonly customerId: string;
  readonly couponId: string;
  readonly subscriptionId: string | null;
  readonly startsOn: string;
}

/** Behind the other discounts of the customer, whose row is locked, with the coupon's terms of this moment. */
export async function insertDiscount(tx: Transaction, organizationId: number, row: NewDiscount): Promise<void> {
  await tx.query(
    `INSERT INTO discounts (organization_id, id, customer_id, coupon_id, subscription_id, starts_on, position,
                            name, percent, amount, currency, duration, periods, charges)
     SELECT $1, $2, $3, c.id, $5, $6,
            (SELECT COALESCE(max(d.position), 0) + 1 FROM discounts d WHERE d.organization_id = $1 AND d.customer_id = $3),
            c.name, c.percent, c.amount, c.currency, c.duration, c.periods, c.charges
       FROM coupons c WHERE c.organization_id = $1 AND c.id = $4`,
    [organizationId, row.id, row.customerId, row.couponId, row.subscriptionId, row.startsOn],
  );
}
