import type { Transaction } from '#libs/database/transaction.ts';
import { API_KEY_COLUMNS, type ApiKey } from './api-key-row.ts';

export interface NewApiKeyRow extends Pick<ApiKey, 'id' | 'name' | 'prefix' | 'scopes'> {
  readonly digest: Buffer;
  readonly role?: ApiKey['role'];
  readonly expiresAt?: ApiKey['expiresAt'];
}

export async function insertApiKey(tx: Transaction, organizationId: number, key: NewApiKeyRow): Promise<ApiKey> {
  const { rows } = await tx.query<ApiKey>(
    `INSERT INTO api_keys (organization_id, id, name, prefix, digest, scopes, role, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${API_KEY_COLUMNS}`,
    [organizationId, key.id, key.name, key.prefix, key.digest, key.scopes, key.role ?? null, key.expiresAt ?? null],
  );
  return rows[0] as ApiKey;
}
