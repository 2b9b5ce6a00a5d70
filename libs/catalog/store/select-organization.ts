import type { Transaction } from '#libs/database/transaction.ts';
import type { Organization } from '../organization-schema.ts';
import { ORGANIZATION_COLUMNS } from './organization-columns.ts';

/** Locked against others who change it, when `forUpdate`. @throws Error when there is none: a key of it must exist */
export async function selectOrganization(tx: Transaction, id: number, forUpdate = false): Promise<Organization> {
  const { rows } = await tx.query<Organization>(
    `SELECT ${ORGANIZATION_COLUMNS} FROM organizations WHERE id = $1 ${forUpdate ? 'FOR NO KEY UPDATE' : ''}`,
    [id],
  );
  if (!rows[0]) throw new Error(`organization ${id} does not exist`);
  return rows[0];
}
