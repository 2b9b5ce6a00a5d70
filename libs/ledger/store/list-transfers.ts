import type { Transaction } from '#libs/database/transaction.ts';
import type { PostedTransfer } from '../transfer.ts';
import { TRANSFER_SELECT } from './transfer-select.ts';

export interface TransferFilter {
  readonly organizationId: number;
  readonly customerId: string;
  readonly currency: string | null;
  /** Position of the last one of the page before; null: from the newest. */
  readonly before: string | null;
  readonly limit: number;
}

/** Transfers of a customer, newest first. */
export async function listTransfers(tx: Transaction, filter: TransferFilter): Promise<PostedTransfer[]> {
  const { rows } = await tx.query<PostedTransfer>(
    `${TRANSFER_SELECT}
      WHERE t.organization_id = $1 AND t.customer_id = $2 AND ($3::text IS NULL OR t.currency = $3)
        AND ($4::bigint IS NULL OR t.position < $4)
      ORDER BY t.position DESC LIMIT $5`,
    [filter.organizationId, filter.customerId, filter.currency, filter.before, filter.limit],
  );
  return rows;
}
