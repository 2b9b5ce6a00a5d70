import type { Transaction } from '#libs/database/transaction.ts';
import type { CountedPart } from '../documents/document.ts';
import type { DueUnit } from '../due/due-unit.ts';

/**
 * What live documents bill of the subscriptions of these commitments, for services that end in their periods: one list for each, by
 * document. Without what `exceptInvoiceId` bills, which is to be issued anew.
 */
export async function selectCharged(
  tx: Transaction,
  organizationId: number,
  commitments: readonly DueUnit[],
  exceptInvoiceId: string | null,
): Promise<CountedPart[][]> {
  if (commitments.length === 0) return [];
  const { rows } = await tx.query<CountedRow>(
    `SELECT c.position::integer AS position, b.invoice_id AS id, i.number, b.charge_key AS "chargeKey", b.kind, b.service_from AS "from",
            b.service_to AS "to", b.amount::text AS amount
       FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
            WITH ORDINALITY AS c (subscription_id, service_from, service_to, position)
       JOIN billed_units b ON b.organization_id = $1 AND b.subscription_id = c.subscription_id AND b.kind <> 'commitment'
        AND b.service_to > c.service_from AND b.service_to <= c.service_to
        AND b.invoice_id IS DISTINCT FROM $5::uuid
       LEFT JOIN invoices i ON i.organization_id = b.organization_id AND i.id = b.invoice_id
      ORDER BY c.position, b.service_from, b.charge_key, b.kind`,
    [
      organizationId,
      commitments.map((unit) => unit.subscriptionId),
      commitments.map((unit) => unit.period.serviceFrom),
      commitments.map((unit) => unit.period.serviceTo),
      exceptInvoiceId,
    ],
  );
  const byPosition = Map.groupBy(rows, ({ position }) => position);
  return commitments.map((_, index) => (byPosition.get(index + 1) ?? []).map(partOf));
}

interface CountedRow {
  readonly position: number;
  readonly id: string | null;
  readonly number: string | null;
  readonly chargeKey: string;
  readonly kind: string;
  readonly from: Date;
  readonly to: Date;
  readonly amount: string;
}

const partOf = ({ id, number, chargeKey, kind, from, to, amount }: CountedRow): CountedPart => ({
  ...(id !== null && number !== null && { document: { id, number } }),
  charge_key: chargeKey,
  kind,
  service_from: from.toISOString(),
  service_to: to.toISOString(),
  amount,
});
