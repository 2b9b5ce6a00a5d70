import type { Transaction } from '#libs/database/transaction.ts';

/** A name that events can bear, and the customer it means. */
export interface NameOwner {
  readonly name: string;
  /** Its key; the same as the name when it is no alias. */
  readonly customerKey: string;
}

/** Those of the names that belong to a customer, as its key or as an alias. */
export async function selectNameOwners(
  tx: Transaction,
  organizationId: number,
  names: readonly string[],
): Promise<NameOwner[]> {
  const { rows } = await tx.query<NameOwner>(
    `SELECT key AS name, key AS "customerKey" FROM customers WHERE organization_id = $1 AND key = ANY($2::text[])
      UNION ALL
     SELECT alias, customer_key FROM customer_aliases WHERE organization_id = $1 AND alias = ANY($2::text[])`,
    [organizationId, names],
  );
  return rows;
}
