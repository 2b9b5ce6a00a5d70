import type { Transaction } from '#libs/database/transaction.ts';

/** A row whose document is not there: no foreign key lets that be. */
export interface StrayRow {
  readonly table: 'invoice_lines' | 'invoice_pdfs' | 'invoice_voidings';
  readonly invoiceId: string;
}

/** The first of them, or null. */
export async function selectStrayRow(tx: Transaction, organizationId: number): Promise<StrayRow | null> {
  const of = (table: string) => `
    (SELECT '${table}' AS "table", r.invoice_id AS "invoiceId" FROM ${table} r
      WHERE r.organization_id = $1
        AND NOT EXISTS (SELECT FROM invoices i WHERE i.organization_id = r.organization_id AND i.id = r.invoice_id) LIMIT 1)`;
  const tables = ['invoice_lines', 'invoice_pdfs', 'invoice_voidings'];
  const { rows } = await tx.query<StrayRow>(`${tables.map(of).join(' UNION ALL ')} LIMIT 1`, [organizationId]);
  return rows[0] ?? null;
}
