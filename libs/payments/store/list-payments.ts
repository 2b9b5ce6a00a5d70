import type { Transaction } from '#libs/database/transaction.ts';
import type { Payment } from '../payment-schema.ts';
import { PAYMENT_SELECT } from './payment-select.ts';

export interface PaymentFilter {
  readonly organizationId: number;
  readonly invoiceId: string | null;
  readonly customerId: string | null;
  /** Position of the last one of the page before; null: from the newest. */
  readonly before: string | null;
  readonly limit: number;
}

/** Newest first. */
export async function listPayments(tx: Transaction, filter: PaymentFilter): Promise<Payment[]> {
  const { rows } = await tx.query<Payment>(
    `${PAYMENT_SELECT}
      WHERE p.organization_id = $1 AND ($2::uuid IS NULL OR p.invoice_id = $2) AND ($3::uuid IS NULL OR p.customer_id = $3)
        AND ($4::bigint IS NULL OR p.position < $4)
      ORDER BY p.position DESC LIMIT $5`,
    [filter.organizationId, filter.invoiceId, filter.customerId, filter.before, filter.limit],
  );
  return rows;
}
