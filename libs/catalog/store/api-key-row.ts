/** An API key as it is managed: never the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly ('ingest' | 'read' | 'write' | 'admin')[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** Columns of an ApiKey. */
export const API_KEY_COLUMNS = 'id, name, prefix, scopes, created_at AS "createdAt", revoked_at AS "revokedAt"';
