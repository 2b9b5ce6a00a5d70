import { z } from 'zod';
import { instantSchema, lineSchema } from '#libs/catalog/fields.ts';
import { listApiKeys } from '#libs/catalog/store/list-api-keys.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import { invalidField } from '#libs/http/errors.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { ROLES } from '#libs/http/roles.ts';
import { defineRoute, type Route, type RouteAnswer } from '#libs/http/route.ts';
import { KEY_SCOPES } from '#libs/http/scopes.ts';
import { type CreatedKey, createApiKey, revokeKey, rotateKey } from '../change-api-keys.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { idSchema, uuidParams } from '../fields.ts';
import { keyAnswer, newKeyAnswer, presentApiKey } from '../present-api-key.ts';

const MAX_OVERLAP_SECONDS = 30 * 86_400;

const newKeySchema = z
  .strictObject({
    name: lineSchema(),
    scopes: z
      .array(z.enum(KEY_SCOPES))
      .min(1)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
      .optional()
      .describe('write includes read; admin includes all'),
    role: z.enum(ROLES).optional().describe('Instead of scopes'),
    expires_at: instantSchema.optional().describe('Refused from then on; never if left out'),
  })
  .refine(({ scopes, role }) => (scopes === undefined) !== (role === undefined), {
    path: ['scopes'],
    message: 'or role must be given, and not both',
  });

const rotationSchema = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(MAX_OVERLAP_SECONDS)
    .default(3600)
    .describe('How long the old key serves beside the new one'),
  expires_at: instantSchema.optional().describe('Of the new key; never if left out'),
});

const shown = ({ key, stored }: CreatedKey): RouteAnswer => ({
  body: { ...presentApiKey(stored), key },
  headers: { Location: `/v1/api-keys/${stored.id}` },
});

export function apiKeyRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, now } = dependencies;
  /** @throws ApiError when the time has come already. */
  const expiryOf = (at: number | undefined): Date | null => {
    if (at !== undefined && at <= now()) throw invalidField('/expires_at', 'must lie in the future', 'invalid_value');
    return at === undefined ? null : new Date(at);
  };
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/api-keys',
      scope: 'admin',
      idempotency: 'refused',
      summary: 'Create an API key; it is shown once',
      body: newKeySchema,
      response: newKeyAnswer,
      status: 201,
      async handler({ organizationId, body: { name, scopes = [], role = null, expires_at } }) {
        const expiresAt = expiryOf(expires_at);
        return shown(
          await inOrganization(pool, organizationId, (tx) =>
            createApiKey(tx, organizationId, dependencies, { name, scopes, role, expiresAt }),
          ),
        );
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/api-keys',
      scope: 'admin',
      summary: 'List API keys, expired and revoked ones too',
      query: z.strictObject(pageQuery),
      response: pageSchema(keyAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listApiKeys(tx, organizationId, after, limit + 1),
        );
        return { body: pageOf(rows, limit, presentApiKey, (row) => row.id) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/api-keys/{id}/rotate',
      idempotency: 'refused',
      scope: 'admin',
      summary: 'Make a key that stands for this one, which expires after an overlap; it is shown once',
      params: uuidParams,
      body: rotationSchema,
      response: newKeyAnswer,
      status: 201,
      async handler({ organizationId, params: { id }, body: { overlap_seconds: overlapSeconds, expires_at } }) {
        const expiresAt = expiryOf(expires_at);
        return shown(
          await inOrganization(pool, organizationId, (tx) =>
            rotateKey(tx, organizationId, dependencies, { id, overlapSeconds, expiresAt }),
          ),
        );
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/api-keys/{id}',
      scope: 'admin',
      summary: 'Revoke an API key; it is refused everywhere after a second',
      params: uuidParams,
      response: z.undefined(),
      status: 204,
      async handler({ organizationId, params: { id } }) {
        await inOrganization(pool, organizationId, (tx) => revokeKey(tx, organizationId, id, new Date(now())));
        return {};
      },
    }),
  ];
}
