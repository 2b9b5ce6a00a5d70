import type { Transaction } from '#libs/database/transaction.ts';

/** A customer whom a run could not bill, and why. */
export interface ParkedCustomer {
  readonly customerId: string;
  readonly code: string;
  readonly detail: string;
}

/** Parks customers and answers those who were not parked by this run before. */
export async function insertParked(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
  parked: readonly ParkedCustomer[],
): Promise<string[]> {
  if (parked.length === 0) return [];
  const { rows } = await tx.query<{ customer_id: string }>(
    `INSERT INTO billing_run_parked (organization_id, billing_run_id, customer_id, code, detail)
     SELECT $1, $2, p.* FROM unnest($3::uuid[], $4::text[], $5::text[]) AS p
     ON CONFLICT DO NOTHING
     RETURNING customer_id`,
    [
      organizationId,
      billingRunId,
      parked.map((customer) => customer.customerId),
      parked.map((customer) => customer.code),
      parked.map((customer) => customer.detail),
    ],
  );
  return rows.map((row) => row.customer_id);
}
