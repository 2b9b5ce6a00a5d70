import type { Transaction } from '#libs/database/transaction.ts';

/** What a name in a question means: the customer's key and all names its events bear, the key first. */
export interface CustomerNames {
  readonly key: string;
  readonly names: readonly string[];
}

/** By each of the names, which may be keys, aliases, or names that belong to no customer yet and stand for themselves. */
export async function selectCustomerNames(
  tx: Transaction,
  organizationId: number,
  names: readonly string[],
): Promise<Map<string, CustomerNames>> {
  const { rows } = await tx.query<{ name: string; key: string; aliases: string[] }>(
    `SELECT w.name, o.key, ARRAY(SELECT alias FROM customer_aliases
                                  WHERE organization_id = $1 AND customer_key = o.key ORDER BY alias) AS aliases
       FROM unnest($2::text[]) AS w (name)
      CROSS JOIN LATERAL (SELECT coalesce((SELECT customer_key FROM customer_aliases
                                            WHERE organization_id = $1 AND alias = w.name), w.name) AS key) AS o`,
    [organizationId, names],
  );
  return new Map(rows.map(({ name, key, aliases }) => [name, { key, names: [key, ...aliases] }]));
}
