import type { Transaction } from '#libs/database/transaction.ts';
import type { DiscountUse } from '../discount-schema.ts';

/** What live documents took of these discounts, oldest period first; without what `exceptInvoiceId` took. */
export async function selectDiscountUses(
  tx: Transaction,
  organizationId: number,
  discountIds: readonly string[],
  exceptInvoiceId: string | null = null,
): Promise<DiscountUse[]> {
  const { rows } = await tx.query<DiscountUse>(
    `SELECT discount_id AS "discountId", period_from AS "periodFrom", period_to AS "periodTo", amount, invoice_id AS "invoiceId"
       FROM discount_uses WHERE organization_id = $1 AND discount_id = ANY($2::uuid[]) AND invoice_id IS DISTINCT FROM $3::uuid
      ORDER BY discount_id, period_from, period_to, invoice_id`,
    [organizationId, discountIds, exceptInvoiceId],
  );
  return rows;
}
