import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import type { Organization } from '../organization-schema.ts';
import { ORGANIZATION_COLUMNS } from './organization-columns.ts';

/**
 * Locked against others who change it, when `forUpdate`. @throws ApiError when there is none: it was a test organization, deleted less than a
 * second ago, and its key is remembered still.
 */
export async function selectOrganization(tx: Transaction, id: number, forUpdate = false): Promise<Organization> {
  const { rows } = await tx.query<Organization>(
    `SELECT ${ORGANIZATION_COLUMNS} FROM organizations WHERE id = $1 ${forUpdate ? 'FOR NO KEY UPDATE' : ''}`,
    [id],
  );
  if (!rows[0]) throw new ApiError('unauthenticated', 'The organization of this API key was deleted.');
  return rows[0];
}
