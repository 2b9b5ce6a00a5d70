import type { Transaction } from '#libs/database/transaction.ts';

/** What the organization was made for: real customers or trying out. */
export async function selectOrganizationMode(tx: Transaction, organizationId: number): Promise<'live' | 'test'> {
  const { rows } = await tx.query<{ mode: 'live' | 'test' }>('SELECT mode FROM organizations WHERE id = $1', [
    organizationId,
  ]);
  return rows[0]?.mode ?? 'live';
}
