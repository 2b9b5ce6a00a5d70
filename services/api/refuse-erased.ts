import type { Customer } from '#libs/catalog/customer-schema.ts';
import { ApiError } from '#libs/http/errors.ts';

/** @throws ApiError when the customer was erased: nothing is written about it any more */
export function refuseErased({ key, erasedAt }: Pick<Customer, 'key' | 'erasedAt'>): void {
  if (erasedAt !== null)
    throw new ApiError(
      'customer_erased',
      `Customer "${key}" was erased at ${erasedAt.toISOString()}; make another one under another key.`,
    );
}
