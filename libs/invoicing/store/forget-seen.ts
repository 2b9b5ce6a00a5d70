import type { Transaction } from '#libs/database/transaction.ts';

/** What an invoice adjusts of earlier ones counts as not seen: it is compared again, with what live documents bill of it then. */
export async function forgetSeen(tx: Transaction, organizationId: number, invoiceId: string): Promise<void> {
  await tx.query(
    `UPDATE billed_units b SET usage_digest = NULL, usage_events = NULL
       FROM invoice_lines l
      WHERE l.organization_id = $1 AND l.invoice_id = $2 AND l.kind = 'adjustment'
        AND b.organization_id = l.organization_id AND b.subscription_id = l.subscription_id AND b.service_from = l.service_from
        AND b.kind = 'usage'`,
    [organizationId, invoiceId],
  );
}
