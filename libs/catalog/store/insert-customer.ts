import type { Transaction } from '#libs/database/transaction.ts';
import type { Customer } from '../customer-schema.ts';
import { CUSTOMER_COLUMNS } from './customer-columns.ts';

/** Null when the key is taken. Without aliases, see replaceAliases. */
export async function insertCustomer(
  tx: Transaction,
  organizationId: number,
  customer: Omit<Customer, 'createdAt' | 'erasedAt' | 'aliases'>,
): Promise<Customer | null> {
  const { rows } = await tx.query<Customer>(
    `INSERT INTO customers (organization_id, id, key, name, email, address_lines, tax_id, time_zone, tax_treatment, tax_treatment_reason, tax_rates,
                            grace_minutes, payment_terms_days)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (organization_id, key) DO NOTHING RETURNING ${CUSTOMER_COLUMNS}`,
    [
      organizationId,
      customer.id,
      customer.key,
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
  return rows[0] ?? null;
}
