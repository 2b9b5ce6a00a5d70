import type { Transaction } from '#libs/database/transaction.ts';
import type { DiscountUse } from '../discount-schema.ts';

/** What a document takes. */
export interface UseOfDocument extends DiscountUse {
  readonly invoiceId: string;
}

/** Two takings of one document in one period are one. Under lockDiscountUses. */
export async function insertDiscountUses(
  tx: Transaction,
  organizationId: number,
  uses: readonly UseOfDocument[],
): Promise<void> {
  await tx.query(
    `INSERT INTO discount_uses (organization_id, invoice_id, discount_id, period_from, period_to, amount)
     SELECT $1, u.invoice_id, u.discount_id, u.period_from, u.period_to, sum(u.amount)
       FROM unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[], $6::numeric[])
            AS u (invoice_id, discount_id, period_from, period_to, amount)
      GROUP BY u.invoice_id, u.discount_id, u.period_from, u.period_to`,
    [
      organizationId,
      uses.map((use) => use.invoiceId),
      uses.map((use) => use.discountId),
      uses.map((use) => use.periodFrom),
      uses.map((use) => use.periodTo),
      uses.map((use) => use.amount),
    ],
  );
}
