import { z } from 'zod';
import type { ApiKey } from '#libs/catalog/store/api-key-row.ts';
import { ROLES } from '#libs/http/roles.ts';
import { KEY_SCOPES } from '#libs/http/scopes.ts';
import { idSchema, timeSchema } from './fields.ts';

const shape = {
  id: idSchema,
  name: z.string(),
  prefix: z.string().describe('How the key begins, to tell keys apart'),
  scopes: z.array(z.enum(KEY_SCOPES)).describe('Empty: it has a role'),
  role: z.enum(ROLES).nullable(),
  created_at: timeSchema,
  expires_at: timeSchema.nullable().describe('Refused from then on'),
  last_used_at: timeSchema.nullable().describe('Up to a minute behind'),
  replaced_by: idSchema.nullable().describe('The key that stands for it since it was rotated'),
  revoked_at: timeSchema.nullable(),
};

export const keyAnswer = z.object(shape);
export const newKeyAnswer = z.object({ ...shape, key: z.string().describe('Shown once and stored nowhere') });

export const presentApiKey = (key: ApiKey): z.infer<typeof keyAnswer> => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: [...key.scopes],
  role: key.role,
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  replaced_by: key.replacedBy,
  revoked_at: key.revokedAt?.toISOString() ?? null,
});
