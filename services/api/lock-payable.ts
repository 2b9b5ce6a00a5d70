import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import type { StoredInvoice } from '#libs/invoicing/store/invoice-row.ts';
import { lockInvoice } from '#libs/invoicing/store/lock-invoice.ts';
import { selectInvoice } from '#libs/invoicing/store/select-invoice.ts';

/**
 * The invoice, locked until the transaction ends against whoever pays, refunds, marks or voids it: what is read of it from here on stays
 * true. Null: there is none; a credit note is none.
 */
export async function lockPayable(tx: Transaction, organizationId: number, id: string): Promise<StoredInvoice | null> {
  // The lock knows ids as text, the database does not mind capitals.
  await lockInvoice(tx, organizationId, id.toLowerCase());
  const invoice = await selectInvoice(tx, organizationId, id);
  return invoice?.kind === 'invoice' ? invoice : null;
}

/** @throws ApiError when it was voided */
export function refuseVoided({ number, voided }: StoredInvoice): void {
  if (voided === null) return;
  throw new ApiError(
    'invoice_not_live',
    `Invoice ${number} was voided by credit note ${voided.creditNote.number}: nothing is to be paid on it.`,
  );
}
