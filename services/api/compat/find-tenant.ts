import { z } from 'zod';
import type { Customer } from '#libs/catalog/customer-schema.ts';
import { customerKeySchema } from '#libs/catalog/fields.ts';
import { selectCustomerByKey } from '#libs/catalog/store/select-customer-by-key.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';

export const tenantParams = z.object({ id: customerKeySchema });

/** A tenant is a customer, its id the customer's key. @throws ApiError `not_found` */
export async function findTenant(tx: Transaction, organizationId: number, id: string): Promise<Customer> {
  const customer = await selectCustomerByKey(tx, organizationId, id);
  if (customer === null) throw new ApiError('not_found', `There is no tenant "${id}".`);
  return customer;
}

export const readTenant = (pool: Pool, organizationId: number, id: string): Promise<Customer> =>
  inOrganization(pool, organizationId, (tx) => findTenant(tx, organizationId, id));
