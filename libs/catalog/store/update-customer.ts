import type { Transaction } from '#libs/database/transaction.ts';
import type { Customer } from '../customer-schema.ts';
import { CUSTOMER_COLUMNS } from './customer-columns.ts';

/** Stores all fields of a customer that was read FOR UPDATE, but for its aliases: see replaceAliases. */
export async function updateCustomer(tx: Transaction, organizationId: number, customer: Customer): Promise<Customer> {
  const { rows } = await tx.query<Customer>(
    `UPDATE customers SET name = $3, email = $4, address_lines = $5, tax_id = $6, time_zone = $7, tax_treatment = $8,
            tax_treatment_reason = $9, tax_rates = $10, grace_minutes = $11, payment_terms_days = $12
      WHERE organization_id = $1 AND id = $2 RETURNING ${CUSTOMER_COLUMNS}`,
    [
      organizationId,
      customer.id,
      customer.name,
      customer.email,
      customer.addressLines,
      customer.taxId,
      customer.timeZone,
      customer.taxTreatment,
      customer.taxTreatmentReason,
      customer.taxRates,
      customer.graceMinutes,
      customer.paymentTermsDays,
    ],
  );
  return rows[0] as Customer;
}
