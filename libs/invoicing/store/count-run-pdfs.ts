import type { Transaction } from '#libs/database/transaction.ts';

/** How many documents of a run have a page, and how many lack it. */
export async function countRunPdfs(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
): Promise<{ rendered: number; missing: number }> {
  const { rows } = await tx.query<{ rendered: number; missing: number }>(
    `SELECT count(p.invoice_id)::integer AS rendered, count(*) FILTER (WHERE p.invoice_id IS NULL)::integer AS missing
       FROM invoices i LEFT JOIN invoice_pdfs p ON p.organization_id = i.organization_id AND p.invoice_id = i.id
      WHERE i.organization_id = $1 AND i.billing_run_id = $2`,
    [organizationId, billingRunId],
  );
  return rows[0] as { rendered: number; missing: number };
}
