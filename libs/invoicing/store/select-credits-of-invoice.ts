import type { Transaction } from '#libs/database/transaction.ts';

/** Numbers of the credit notes that give back a part of an invoice; not that of the one that voids it. */
export async function selectCreditsOfInvoice(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ number: string }>(
    `SELECT n.number FROM invoices n
      WHERE n.organization_id = $1 AND n.corrects_id = $2
        AND NOT EXISTS (SELECT FROM invoice_voidings v WHERE v.organization_id = n.organization_id AND v.credit_note_id = n.id)
      ORDER BY n.issue_date, n.series_number`,
    [organizationId, invoiceId],
  );
  return rows.map(({ number }) => number);
}
