import type { Buyer } from './document.ts';

/** A customer as documents name it. */
export function buyerOf(customer: {
  readonly key: string;
  readonly name: string;
  readonly email: string | null;
  readonly addressLines: readonly string[];
  readonly taxId: string | null;
}): Buyer {
  return {
    key: customer.key,
    name: customer.name,
    address_lines: customer.addressLines,
    ...(customer.taxId !== null && { tax_id: customer.taxId }),
    ...(customer.email !== null && { email: customer.email }),
  };
}
