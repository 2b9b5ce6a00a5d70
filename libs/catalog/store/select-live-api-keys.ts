import type { Transaction } from '#libs/database/transaction.ts';
import { API_KEY_COLUMNS, type ApiKey } from './api-key-row.ts';

/** Keys that open something. */
export async function selectLiveApiKeys(tx: Transaction, organizationId: number): Promise<ApiKey[]> {
  const { rows } = await tx.query<ApiKey>(
    `SELECT ${API_KEY_COLUMNS} FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL`,
    [organizationId],
  );
  return rows;
}
