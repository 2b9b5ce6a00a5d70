import type { Transaction } from '#libs/database/transaction.ts';
import { BILLABLE_CUSTOMER_COLUMNS, type BillableCustomer } from './billable-customer.ts';

export interface CustomerPage {
  readonly organizationId: number;
  /** Local dates; customers with a subscription that ran in between, or began on the last of them. */
  readonly endsAfter: string;
  readonly endsUntil: string;
  /** Only customers with a higher id; null from the first. */
  readonly after: string | null;
  readonly limit: number;
  /** Only these; all if left out. */
  readonly customerIds?: readonly string[] | undefined;
}

/** The next customers by id who may have something due. */
export async function selectBillableCustomers(tx: Transaction, page: CustomerPage): Promise<BillableCustomer[]> {
  const { rows } = await tx.query<BillableCustomer>(
    `SELECT ${BILLABLE_CUSTOMER_COLUMNS}
       FROM customers c
      WHERE c.organization_id = $1 AND ($4::uuid IS NULL OR c.id > $4) AND ($6::uuid[] IS NULL OR c.id = ANY($6))
        AND EXISTS (SELECT FROM subscriptions s
                     WHERE s.organization_id = c.organization_id AND s.customer_id = c.id
                       AND s.starts_on <= $3 AND (s.ends_on IS NULL OR s.ends_on > $2))
      ORDER BY c.id
      LIMIT $5`,
    [page.organizationId, page.endsAfter, page.endsUntil, page.after, page.limit, page.customerIds ?? null],
  );
  return rows;
}
