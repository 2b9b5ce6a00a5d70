import type { Transaction } from '#libs/database/transaction.ts';
import { API_KEY_COLUMNS, type ApiKey } from './api-key-row.ts';

/** The old key ends at `endsAt`, or before if it was to. */
export async function replaceApiKey(
  tx: Transaction,
  organizationId: number,
  { id, replacedBy, endsAt }: { readonly id: string; readonly replacedBy: string; readonly endsAt: Date },
): Promise<ApiKey> {
  const { rows } = await tx.query<ApiKey>(
    `UPDATE api_keys SET replaced_by = $3, expires_at = least(expires_at, $4)
      WHERE organization_id = $1 AND id = $2 RETURNING ${API_KEY_COLUMNS}`,
    [organizationId, id, replacedBy, endsAt],
  );
  return rows[0] as ApiKey;
}
