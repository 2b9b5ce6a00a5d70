import type { Transaction } from '#libs/database/transaction.ts';
import { BILLABLE_CUSTOMER_COLUMNS, type BillableCustomer } from './billable-customer.ts';

/** Who may have something due in a run. */
export interface CustomerChoice {
  readonly organizationId: number;
  /** Local dates; customers with a subscription that ran in between, or began on the last of them. */
  readonly endsAfter: string;
  readonly endsUntil: string;
  /** Only those that were chosen for this run; null: all. */
  readonly chosenFor: string | null;
}

export interface CustomerPage extends CustomerChoice {
  /** Only customers with a higher id; null from the first. */
  readonly after: string | null;
  readonly limit: number;
  /** Only these; all if left out. */
  readonly customerIds?: readonly string[] | undefined;
}

const MAY_HAVE_SOMETHING_DUE = `c.organization_id = $1
        AND ($4::uuid IS NULL OR EXISTS (SELECT FROM billing_run_customers rc
                                          WHERE rc.organization_id = c.organization_id AND rc.billing_run_id = $4 AND rc.customer_id = c.id))
        AND EXISTS (SELECT FROM subscriptions s
                     WHERE s.organization_id = c.organization_id AND s.customer_id = c.id
                       AND s.starts_on <= $3 AND (s.ends_on IS NULL OR s.ends_on > $2))`;

/** The next customers by id who may have something due. */
export async function selectBillableCustomers(tx: Transaction, page: CustomerPage): Promise<BillableCustomer[]> {
  const { rows } = await tx.query<BillableCustomer>(
    `SELECT ${BILLABLE_CUSTOMER_COLUMNS}
       FROM customers c
      WHERE ${MAY_HAVE_SOMETHING_DUE} AND ($5::uuid IS NULL OR c.id > $5) AND ($7::uuid[] IS NULL OR c.id = ANY($7))
      ORDER BY c.id
      LIMIT $6`,
    [
      page.organizationId,
      page.endsAfter,
      page.endsUntil,
      page.chosenFor,
      page.after,
      page.limit,
      page.customerIds ?? null,
    ],
  );
  return rows;
}

/** How many they are. */
export async function countBillableCustomers(tx: Transaction, choice: CustomerChoice): Promise<number> {
  const { rows } = await tx.query<{ customers: number }>(
    `SELECT count(*)::integer AS customers FROM customers c WHERE ${MAY_HAVE_SOMETHING_DUE}`,
    [choice.organizationId, choice.endsAfter, choice.endsUntil, choice.chosenFor],
  );
  return (rows[0] as { customers: number }).customers;
}
