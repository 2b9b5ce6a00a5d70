import type { Transaction } from '#libs/database/transaction.ts';
import type { Organization } from '../organization-schema.ts';

export type ListedOrganization = Pick<Organization, 'id' | 'name' | 'mode' | 'createdAt'>;

/** All of the installation in the order they were made, behind `afterId` (null: from the first). For the operator. */
export async function listOrganizations(
  tx: Transaction,
  afterId: number | null,
  limit: number,
): Promise<ListedOrganization[]> {
  const { rows } = await tx.query<ListedOrganization>(
    'SELECT id, name, mode, created_at AS "createdAt" FROM list_organizations($1, $2)',
    [afterId, limit],
  );
  return rows;
}
