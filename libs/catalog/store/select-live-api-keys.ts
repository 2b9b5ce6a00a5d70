import type { Transaction } from '#libs/database/transaction.ts';
import { API_KEY_COLUMNS, type ApiKey } from './api-key-row.ts';

/** Keys that open something at that time. */
export async function selectLiveApiKeys(tx: Transaction, organizationId: number, at: Date): Promise<ApiKey[]> {
  const { rows } = await tx.query<ApiKey>(
    `SELECT ${API_KEY_COLUMNS} FROM api_keys
      WHERE organization_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
    [organizationId, at],
  );
  return rows;
}
