import type { Transaction } from '#libs/database/transaction.ts';

/** How many documents of a run have a page, and how many lack it. */
export async function countRunPdfs(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
): Promise<{ rendered: number; missing: number }> {
  const { rows } = await tx.query<{ rendered: number; missing: number }>(
    `SELECT count(*) FILTER (WHERE drawn)::integer AS rendered, count(*) FILTER (WHERE NOT drawn)::integer AS missing
       FROM (SELECT EXISTS (SELECT FROM invoice_pdfs p WHERE p.organization_id = i.organization_id AND p.invoice_id = i.id) AS drawn
               FROM invoices i WHERE i.organization_id = $1 AND i.billing_run_id = $2) documents`,
    [organizationId, billingRunId],
  );
  return rows[0] as { rendered: number; missing: number };
}
