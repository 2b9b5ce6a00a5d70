import type { Transaction } from '#libs/database/transaction.ts';

/**
 * Marks the minimums of plans on other live documents that count what an invoice bills: whoever looks for late usage next compares them with
 * what is charged by then. Under the invoice's lock, before its units are taken away.
 */
export async function lookAgainAtCommitments(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
): Promise<void> {
  await tx.query(
    `WITH counting AS (
       SELECT c.subscription_id, c.charge_key, c.service_from, c.service_to, c.kind
         FROM billed_units c
        WHERE c.organization_id = $1 AND c.kind = 'commitment' AND c.invoice_id IS DISTINCT FROM $2::uuid AND c.invoice_id IS NOT NULL
          AND EXISTS (SELECT FROM billed_units b
                       WHERE b.organization_id = $1 AND b.invoice_id = $2 AND b.kind <> 'commitment'
                         AND b.subscription_id = c.subscription_id AND b.service_to > c.service_from AND b.service_to <= c.service_to)
          AND c.subscription_id IN (SELECT subscription_id FROM billed_units WHERE organization_id = $1 AND invoice_id = $2)
        ORDER BY c.subscription_id, c.charge_key, c.service_from
          FOR UPDATE
     )
     UPDATE billed_units u SET usage_digest = 0, usage_events = 0
       FROM counting c
      WHERE u.organization_id = $1 AND u.subscription_id = c.subscription_id AND u.charge_key = c.charge_key
        AND u.service_from = c.service_from AND u.service_to = c.service_to AND u.kind = c.kind`,
    [organizationId, invoiceId],
  );
}
