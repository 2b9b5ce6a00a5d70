import type { Role } from '#libs/http/roles.ts';
import type { KeyScope } from '#libs/http/scopes.ts';

/** An API key as it is managed: never the key itself. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  /** Empty when it has a role. */
  readonly scopes: readonly KeyScope[];
  readonly role: Role | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** Id of the key that stands for it since it was rotated. */
  readonly replacedBy: string | null;
  readonly revokedAt: Date | null;
}

/** Columns of an ApiKey. */
export const API_KEY_COLUMNS = `id, name, prefix, scopes, role, created_at AS "createdAt", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt", replaced_by AS "replacedBy", revoked_at AS "revokedAt"`;
