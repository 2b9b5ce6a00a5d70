import type { Transaction } from '#libs/database/transaction.ts';
import { BILLABLE_CUSTOMER_COLUMNS, type BillableCustomer } from './billable-customer.ts';

export interface LateCustomerPage {
  readonly organizationId: number;
  /** Only with usage billed for services that ended behind this instant (epoch milliseconds). */
  readonly servedAfter: number;
  /** Local date: who has something due by then in the same currency waits for that invoice. Null: whoever it is. */
  readonly dueUntil: string | null;
  /** This customer alone; null: all. */
  readonly customerId: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** A customer whose late usage would wait too long for an invoice, in these currencies. */
export type LateCustomer = BillableCustomer & { readonly currencies: readonly string[] };

/** The next of them by id. Whether something is late is not known yet. */
export async function selectLateCustomers(tx: Transaction, page: LateCustomerPage): Promise<LateCustomer[]> {
  const { rows } = await tx.query<LateCustomer>(
    `SELECT ${BILLABLE_CUSTOMER_COLUMNS}, l.currencies
       FROM customers c
      CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT s.currency) AS currencies
          FROM subscriptions s
         WHERE s.organization_id = c.organization_id AND s.customer_id = c.id
           AND EXISTS (SELECT FROM billed_units b
                        WHERE b.organization_id = s.organization_id AND b.subscription_id = s.id AND b.kind = 'usage' AND b.service_to > $2)
           AND ($3::date IS NULL
                OR NOT EXISTS (SELECT FROM subscriptions n
                                WHERE n.organization_id = s.organization_id AND n.customer_id = s.customer_id
                                  AND n.currency = s.currency AND n.due_from <= $3))) AS l
      WHERE c.organization_id = $1 AND l.currencies IS NOT NULL
        AND ($4::uuid IS NULL OR c.id = $4) AND ($5::uuid IS NULL OR c.id > $5)
      ORDER BY c.id
      LIMIT $6`,
    [page.organizationId, new Date(page.servedAfter), page.dueUntil, page.customerId, page.after, page.limit],
  );
  return rows;
}
