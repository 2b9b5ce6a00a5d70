import type { Transaction } from '#libs/database/transaction.ts';

export interface PageToDraw {
  readonly organizationId: number;
  readonly invoiceId: string;
  /** With the one that is about to be made. */
  readonly attempts: number;
}

/**
 * The documents of all organizations that have waited longest for their page, left out those whose run is still drawing. They are put off at
 * once, after 5 minutes, 10, 20 … up to a day: nobody else takes them meanwhile, and one that cannot be drawn makes way for the others.
 */
export async function takePagesToDraw(tx: Transaction, limit: number): Promise<PageToDraw[]> {
  const { rows } = await tx.query<PageToDraw>(
    `UPDATE pages_to_draw p
        SET attempts = p.attempts + 1, due_at = now() + least(interval '1 day', interval '5 minutes' * 2 ^ least(p.attempts, 20))
       FROM (SELECT d.organization_id, d.invoice_id
               FROM pages_to_draw d
               JOIN invoices i ON i.organization_id = d.organization_id AND i.id = d.invoice_id
              WHERE d.due_at <= now()
                AND NOT EXISTS (SELECT FROM billing_runs r
                                 WHERE r.organization_id = i.organization_id AND r.id = i.billing_run_id
                                   AND r.state IN ('queued', 'waiting', 'running'))
              ORDER BY d.due_at, d.invoice_id
              LIMIT $1
                FOR UPDATE OF d SKIP LOCKED) AS taken
      WHERE p.organization_id = taken.organization_id AND p.invoice_id = taken.invoice_id
      RETURNING p.organization_id AS "organizationId", p.invoice_id AS "invoiceId", p.attempts`,
    [limit],
  );
  return rows;
}
