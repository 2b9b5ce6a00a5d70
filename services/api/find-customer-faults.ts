import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { FieldError } from '#libs/http/errors.ts';

/** That `/customer` names nobody. */
export const unknownCustomer = (key: string): FieldError => ({
  pointer: '/customer',
  code: 'unknown_customer',
  detail: `There is no customer "${key}".`,
});

/** Of the customer that a body names; without a key that can be read nothing is known to be wrong. */
export async function findCustomerFaults(
  tx: Transaction,
  organizationId: number,
  key: string | undefined,
): Promise<FieldError[]> {
  if (key === undefined || (await selectCustomerByKey(tx, organizationId, key))) return [];
  return [unknownCustomer(key)];
}
