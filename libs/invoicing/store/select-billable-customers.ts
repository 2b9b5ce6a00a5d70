import type { Transaction } from '#libs/database/transaction.ts';

export interface BillableCustomer {
  readonly id: string;
  readonly key: string;
  /** Other names that its events bear. */
  readonly aliases: readonly string[];
  readonly name: string;
  readonly email: string | null;
  readonly addressLines: readonly string[];
  readonly taxId: string | null;
}

export interface CustomerPage {
  readonly organizationId: number;
  /** Local dates; customers with a subscription that ran in between, or began on the last of them. */
  readonly endsAfter: string;
  readonly endsUntil: string;
  /** Only customers with a higher id; null from the first. */
  readonly after: string | null;
  readonly limit: number;
}

/** The next customers by id who may have something due. */
export async function selectBillableCustomers(tx: Transaction, page: CustomerPage): Promise<BillableCustomer[]> {
  const { rows } = await tx.query<CustomerRow>(
    `SELECT c.id, c.key, c.name, c.email, c.address_lines, c.tax_id,
            ARRAY(SELECT alias FROM customer_aliases a
                   WHERE a.organization_id = c.organization_id AND a.customer_key = c.key ORDER BY alias) AS aliases
       FROM customers c
      WHERE c.organization_id = $1 AND ($4::uuid IS NULL OR c.id > $4)
        AND EXISTS (SELECT FROM subscriptions s
                     WHERE s.organization_id = c.organization_id AND s.customer_id = c.id
                       AND s.starts_on <= $3 AND (s.ends_on IS NULL OR s.ends_on > $2))
      ORDER BY c.id
      LIMIT $5`,
    [page.organizationId, page.endsAfter, page.endsUntil, page.after, page.limit],
  );
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    aliases: row.aliases,
    name: row.name,
    email: row.email,
    addressLines: row.address_lines,
    taxId: row.tax_id,
  }));
}

interface CustomerRow {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly email: string | null;
  readonly address_lines: string[];
  readonly tax_id: string | null;
  readonly aliases: string[];
}
