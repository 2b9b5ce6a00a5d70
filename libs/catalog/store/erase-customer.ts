import type { Transaction } from '#libs/database/transaction.ts';
import type { Customer } from '../customer-schema.ts';
import { CUSTOMER_COLUMNS } from './customer-columns.ts';

/** Leaves of a locked customer what is no personal data, and no token that it could be read by. Its aliases, documents and drafts are for the caller. */
export async function eraseCustomer(
  tx: Transaction,
  organizationId: number,
  customerId: string,
  at: Date,
): Promise<Customer> {
  const { rows } = await tx.query<Customer>(
    `UPDATE customers SET name = 'Erased customer', email = NULL, address_lines = '{}', tax_id = NULL, tax_treatment = 'standard',
            tax_treatment_reason = NULL, erased_at = $3, token_generation = token_generation + 1
      WHERE organization_id = $1 AND id = $2 RETURNING ${CUSTOMER_COLUMNS}`,
    [organizationId, customerId, at],
  );
  return rows[0] as Customer;
}
