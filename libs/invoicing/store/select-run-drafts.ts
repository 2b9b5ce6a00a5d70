import type { Transaction } from '#libs/database/transaction.ts';
import type { DocumentBody } from '../documents/assemble.ts';

/** The first drafts of a dry run. */
export async function selectRunDrafts(tx: Transaction, organizationId: number, id: string): Promise<DocumentBody[]> {
  const { rows } = await tx.query<{ drafts: DocumentBody[] | null }>(
    'SELECT drafts FROM billing_runs WHERE organization_id = $1 AND id = $2',
    [organizationId, id],
  );
  return rows[0]?.drafts ?? [];
}
