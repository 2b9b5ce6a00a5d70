import type { Transaction } from '#libs/database/transaction.ts';

export interface ParkedRow {
  readonly customerId: string;
  readonly customerKey: string;
  readonly code: string;
  readonly detail: string;
  readonly parkedAt: Date;
}

/** Customers whom a run could not bill, by key, from behind `after` on. */
export async function selectParked(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
  page: { readonly after?: string | undefined; readonly limit: number } = { limit: 100 },
): Promise<ParkedRow[]> {
  const { rows } = await tx.query<ParkedRow>(
    `SELECT p.customer_id AS "customerId", c.key AS "customerKey", p.code, p.detail, p.parked_at AS "parkedAt"
       FROM billing_run_parked p
       JOIN customers c ON c.organization_id = p.organization_id AND c.id = p.customer_id
      WHERE p.organization_id = $1 AND p.billing_run_id = $2 AND ($3::text IS NULL OR c.key > $3)
      ORDER BY c.key LIMIT $4`,
    [organizationId, billingRunId, page.after ?? null, page.limit],
  );
  return rows;
}
