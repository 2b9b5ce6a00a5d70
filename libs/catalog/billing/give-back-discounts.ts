import type { Transaction } from '#libs/database/transaction.ts';
import { deleteDiscountUses } from '../store/delete-discount-uses.ts';

/** Gives back what a document took of its customer's discounts, when it is voided. */
export function giveBackDiscounts(tx: Transaction, organizationId: number, invoiceId: string): Promise<void> {
  return deleteDiscountUses(tx, organizationId, invoiceId);
}
