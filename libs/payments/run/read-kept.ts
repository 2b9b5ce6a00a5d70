import type { Transaction } from '#libs/database/transaction.ts';
import { Big } from '#libs/money/decimal.ts';
import { paymentState } from '../payment-state.ts';
import { selectInvoiceSums } from '../store/select-invoice-sums.ts';

/** How an invoice stands, as decimal strings. */
export interface Kept {
  /** Still to be paid. */
  readonly remaining: string;
  /** Of payments, less refunds. */
  readonly paid: string;
  readonly refunded: string;
}

/** By id. Whoever goes on to change it has the invoices locked (libs/invoicing/store/lock-invoice.ts). */
export async function readKept(
  tx: Transaction,
  organizationId: number,
  invoiceIds: readonly string[],
): Promise<Map<string, Kept>> {
  const sums = await selectInvoiceSums(tx, organizationId, invoiceIds);
  return new Map(
    [...sums].map(([id, each]) => {
      // Whether it is overdue does not matter.
      const { amountRemaining, amountPaid } = paymentState(each, each.dueDate);
      return [id, { remaining: amountRemaining, paid: amountPaid, refunded: new Big(each.refunded).toFixed() }];
    }),
  );
}
