import type { Transaction } from '#libs/database/transaction.ts';
import type { DueUnit } from '../due/due-unit.ts';

/**
 * What live documents bill of the subscriptions of these commitments, for services that end in their periods: one sum for each, as a
 * decimal string. Without what `exceptInvoiceId` bills, which is to be issued anew.
 */
export async function selectCharged(
  tx: Transaction,
  organizationId: number,
  commitments: readonly DueUnit[],
  exceptInvoiceId: string | null,
): Promise<string[]> {
  if (commitments.length === 0) return [];
  const { rows } = await tx.query<{ charged: string }>(
    `SELECT coalesce((SELECT sum(b.amount) FROM billed_units b
                       WHERE b.organization_id = $1 AND b.subscription_id = c.subscription_id AND b.kind <> 'commitment'
                         AND b.service_to > c.service_from AND b.service_to <= c.service_to
                         AND b.invoice_id IS DISTINCT FROM $5::uuid), 0)::text AS charged
       FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
            WITH ORDINALITY AS c (subscription_id, service_from, service_to, position)
      ORDER BY c.position`,
    [
      organizationId,
      commitments.map((unit) => unit.subscriptionId),
      commitments.map((unit) => unit.period.serviceFrom),
      commitments.map((unit) => unit.period.serviceTo),
      exceptInvoiceId,
    ],
  );
  return rows.map(({ charged }) => charged);
}
