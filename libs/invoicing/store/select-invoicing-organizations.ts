import type { Pool } from '#libs/database/pool.ts';

/**
 * Organizations with finalized documents, by id. Null: row-level security hides some from this login, and what is not seen cannot be checked. Takes a
 * pool, since it is the one question before any organization is known.
 */
export async function selectInvoicingOrganizations(pool: Pick<Pool, 'query'>): Promise<number[] | null> {
  const { rows: rights } = await pool.query<{ all: boolean }>(
    `SELECT NOT row_security_active('invoices') OR pg_has_role(current_user, 'tollbook_worker', 'USAGE') AS all`,
  );
  if (rights[0]?.all !== true) return null;
  const { rows } = await pool.query<{ id: number }>(
    `SELECT o.id FROM organizations o WHERE EXISTS (SELECT FROM invoice_series s WHERE s.organization_id = o.id)
         OR EXISTS (SELECT FROM invoices i WHERE i.organization_id = o.id) ORDER BY o.id`,
  );
  return rows.map(({ id }) => id);
}
