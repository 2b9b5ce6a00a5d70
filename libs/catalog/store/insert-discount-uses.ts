import type { Transaction } from '#libs/database/transaction.ts';
import type { DiscountUse } from '../discount-schema.ts';

/** What a document takes. Two bills of one period in it take as one. Under lockDiscountUses. */
export async function insertDiscountUses(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  uses: readonly DiscountUse[],
): Promise<void> {
  await tx.query(
    `INSERT INTO discount_uses (organization_id, invoice_id, discount_id, period_from, period_to, amount)
     SELECT $1, $2, u.discount_id, u.period_from, u.period_to, sum(u.amount)
       FROM unnest($3::uuid[], $4::date[], $5::date[], $6::numeric[]) AS u (discount_id, period_from, period_to, amount)
      GROUP BY u.discount_id, u.period_from, u.period_to`,
    [
      organizationId,
      invoiceId,
      uses.map((use) => use.discountId),
      uses.map((use) => use.periodFrom),
      uses.map((use) => use.periodTo),
      uses.map((use) => use.amount),
    ],
  );
}
