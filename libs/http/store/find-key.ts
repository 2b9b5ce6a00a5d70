import type { Pool } from '#libs/database/pool.ts';
import type { Role } from '../roles.ts';
import type { KeyScope } from '../scopes.ts';

/** What a stored key is good for. */
export type StoredKey =
  | {
      readonly kind: 'organization';
      readonly digest: Buffer;
      readonly organizationId: number;
      readonly keyId: string;
      readonly scopes: readonly KeyScope[];
      readonly role: Role | null;
      /** Epoch milliseconds; null: never. */
      readonly expiresAt: number | null;
      /** Milliseconds by which the organization's clock is ahead of the real time. */
      readonly clockOffset: number;
    }
  | { readonly kind: 'operator'; readonly digest: Buffer };

/**
 * Looks a digest up among the keys of all organizations and the operator's: before this, no organization is known. Takes a pool
 * because there is no transaction yet, and it is one statement.
 */
export async function findKey(pool: Pick<Pool, 'query'>, digest: Buffer): Promise<StoredKey | null> {
  const { rows } = await pool.query<KeyRow>(
    `SELECT organization_id, id, digest, scopes, role, expires_at, clock_offset_seconds FROM find_api_key($1)
     UNION ALL
     SELECT NULL, NULL, found, NULL, NULL, NULL, NULL FROM find_operator_key($1) AS found WHERE found IS NOT NULL`,
    [digest],
  );
  const row = rows[0];
  if (!row) return null;
  if (row.organization_id === null) return { kind: 'operator', digest: row.digest };
  return {
    kind: 'organization',
    digest: row.digest,
    organizationId: row.organization_id,
    keyId: row.id as string,
    scopes: row.scopes as KeyScope[],
    role: row.role as Role | null,
    expiresAt: row.expires_at?.getTime() ?? null,
    clockOffset: (row.clock_offset_seconds as number) * 1000,
  };
}

interface KeyRow {
  readonly organization_id: number | null;
  readonly id: string | null;
  readonly digest: Buffer;
  readonly scopes: string[] | null;
  readonly role: string | null;
  readonly expires_at: Date | null;
  readonly clock_offset_seconds: number | null;
}
