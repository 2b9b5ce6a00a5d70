import type { Transaction } from '#libs/database/transaction.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import { selectAdjustingLines } from '../store/select-adjusting-lines.ts';
import { selectCreditedInvoices } from '../store/select-credited-invoices.ts';
import type { CollectedCustomer } from './collect.ts';

/** Live invoices that adjust something of units that are due, by customer: left of invoices that were voided to be billed again. */
export async function readAdjusting(
  tx: Transaction,
  organizationId: number,
  customers: readonly CollectedCustomer[],
): Promise<ReadonlyMap<CollectedCustomer, readonly CreditedInvoice[]>> {
  const unitsOf = ({ units }: CollectedCustomer) =>
    units.map(({ unit }) => ({ subscriptionId: unit.subscriptionId, from: Date.parse(unit.period.serviceFrom) }));
  const lines = await selectAdjustingLines(tx, organizationId, [], customers.flatMap(unitsOf));
  if (lines.length === 0) return new Map();
  const invoices = await selectCreditedInvoices(tx, organizationId, [...new Set(lines.map((one) => one.invoiceId))]);
  return new Map(
    customers.map((customer) => {
      const own = new Set(unitsOf(customer).map(({ subscriptionId }) => subscriptionId));
      const ids = lines.flatMap(({ invoiceId, subscriptionId }) => (own.has(subscriptionId ?? '') ? [invoiceId] : []));
      return [customer, [...new Set(ids)].map((id) => invoices.get(id) as CreditedInvoice)];
    }),
  );
}
