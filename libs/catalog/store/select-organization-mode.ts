import type { Transaction } from '#libs/database/transaction.ts';
import type { Organization } from '../organization-schema.ts';

/** Null: there is no such organization. The transaction names the organization. */
export async function selectOrganizationMode(
  tx: Transaction,
  organizationId: number,
): Promise<Organization['mode'] | null> {
  const { rows } = await tx.query<Pick<Organization, 'mode'>>('SELECT mode FROM organizations WHERE id = $1', [
    organizationId,
  ]);
  return rows[0]?.mode ?? null;
}
