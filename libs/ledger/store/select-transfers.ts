import type { Transaction } from '#libs/database/transaction.ts';
import type { PostedTransfer, TransferKind } from '../transfer.ts';
import { TRANSFER_SELECT } from './transfer-select.ts';

/** Those of these kinds and ids that were made. */
export async function selectTransfers(
  tx: Transaction,
  organizationId: number,
  wanted: readonly { readonly kind: TransferKind; readonly id: string }[],
): Promise<PostedTransfer[]> {
  const { rows } = await tx.query<PostedTransfer>(
    `${TRANSFER_SELECT} WHERE t.organization_id = $1 AND (t.kind, t.id) IN (SELECT * FROM unnest($2::text[], $3::uuid[]))`,
    [organizationId, wanted.map(({ kind }) => kind), wanted.map(({ id }) => id)],
  );
  return rows;
}
