import type { Transaction } from '#libs/database/transaction.ts';

/** Ids of a run's documents that have no page yet, from behind `after` on. */
export async function selectInvoicesWithoutPdf(
  tx: Transaction,
  organizationId: number,
  billingRunId: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT i.id
       FROM invoices i
      WHERE i.organization_id = $1 AND i.billing_run_id = $2 AND ($3::uuid IS NULL OR i.id > $3)
        AND NOT EXISTS (SELECT FROM invoice_pdfs p WHERE p.organization_id = i.organization_id AND p.invoice_id = i.id)
      ORDER BY i.id LIMIT $4`,
    [organizationId, billingRunId, after, limit],
  );
  return rows.map((row) => row.id);
}
