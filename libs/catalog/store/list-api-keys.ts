import type { Transaction } from '#libs/database/transaction.ts';
import { API_KEY_COLUMNS, type ApiKey } from './api-key-row.ts';

/** Keys in the order they were made, revoked ones too, behind `afterId` (null: from the first). */
export async function listApiKeys(
  tx: Transaction,
  organizationId: number,
  afterId: string | null,
  limit: number,
): Promise<ApiKey[]> {
  const { rows } = await tx.query<ApiKey>(
    `SELECT ${API_KEY_COLUMNS} FROM api_keys WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [organizationId, afterId, limit],
  );
  return rows;
}
