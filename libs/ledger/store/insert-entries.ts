import type { Transaction } from '#libs/database/transaction.ts';
import type { PostedEntry } from '../transfer.ts';

/** All entries of the transfers at these positions. The database refuses them unless those of each transfer add up to zero. */
export async function insertEntries(
  tx: Transaction,
  organizationId: number,
  entries: readonly (PostedEntry & { readonly position: string })[],
): Promise<void> {
  await tx.query(
    `INSERT INTO ledger_entries (organization_id, transfer, account, amount, balance)
     SELECT $1, e.* FROM unnest($2::bigint[], $3::text[], $4::numeric[], $5::numeric[]) AS e`,
    [
      organizationId,
      entries.map(({ position }) => position),
      entries.map(({ account }) => account),
      entries.map(({ amount }) => amount),
      entries.map(({ balance }) => balance),
    ],
  );
}
