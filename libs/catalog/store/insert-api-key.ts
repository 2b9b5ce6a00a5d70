import type { Transaction } from '#libs/database/transaction.ts';
import { API_KEY_COLUMNS, type ApiKey } from './api-key-row.ts';

export interface NewApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly digest: Buffer;
  readonly scopes: ApiKey['scopes'];
}

export async function insertApiKey(tx: Transaction, organizationId: number, key: NewApiKeyRow): Promise<ApiKey> {
  const { rows } = await tx.query<ApiKey>(
    `INSERT INTO api_keys (organization_id, id, name, prefix, digest, scopes) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${API_KEY_COLUMNS}`,
    [organizationId, key.id, key.name, key.prefix, key.digest, key.scopes],
  );
  return rows[0] as ApiKey;
}
