import type { Transaction } from '#libs/database/transaction.ts';

/** Gives a customer these aliases and no others. Under the lock on names, after a look that they are free. */
export async function replaceAliases(
  tx: Transaction,
  organizationId: number,
  customerKey: string,
  aliases: readonly string[],
): Promise<void> {
  await tx.query(
    'DELETE FROM customer_aliases WHERE organization_id = $1 AND customer_key = $2 AND alias <> ALL($3::text[])',
    [organizationId, customerKey, aliases],
  );
  await tx.query(
    `INSERT INTO customer_aliases (organization_id, alias, customer_key) SELECT $1, alias, $2 FROM unnest($3::text[]) AS alias
     ON CONFLICT (organization_id, alias) DO NOTHING`,
    [organizationId, customerKey, aliases],
  );
}
