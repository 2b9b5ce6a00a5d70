import { z } from 'zod';
import { lineSchema } from '#libs/catalog/fields.ts';
import type { ApiKey } from '#libs/catalog/store/api-key-row.ts';
import { insertApiKey } from '#libs/catalog/store/insert-api-key.ts';
import { listApiKeys } from '#libs/catalog/store/list-api-keys.ts';
import { revokeApiKey } from '#libs/catalog/store/revoke-api-key.ts';
import { selectLiveApiKeys } from '#libs/catalog/store/select-live-api-keys.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { newApiKey } from '#libs/http/keys.ts';
import { decodeCursor, pageOf, pageQuery, pageSchema } from '#libs/http/paging.ts';
import { defineRoute, type Route } from '#libs/http/route.ts';
import { KEY_SCOPES } from '#libs/http/scopes.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from '../dependencies.ts';
import { idSchema, timeSchema, uuidParams } from '../fields.ts';

const shape = {
  id: idSchema,
  name: z.string(),
  prefix: z.string().describe('How the key begins, to tell keys apart'),
  scopes: z.array(z.enum(KEY_SCOPES)),
  created_at: timeSchema,
  revoked_at: timeSchema.nullable(),
};
const keyAnswer = z.object(shape);

const present = (key: ApiKey): z.infer<typeof keyAnswer> => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: [...key.scopes],
  created_at: key.createdAt.toISOString(),
  revoked_at: key.revokedAt?.toISOString() ?? null,
});

const newKeySchema = z.strictObject({
  name: lineSchema(),
  scopes: z
    .array(z.enum(KEY_SCOPES))
    .min(1)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
    .describe('write includes read; admin includes all'),
});

export function apiKeyRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, random, now } = dependencies;
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/api-keys',
      scope: 'admin',
      idempotency: 'refused',
      summary: 'Create an API key; it is shown once',
      body: newKeySchema,
      response: z.object({ ...shape, key: z.string().describe('Shown once and stored nowhere') }),
      status: 201,
      async handler({ organizationId, body }) {
        const { key, digest, prefix } = newApiKey(random);
        const created = await inOrganization(pool, organizationId, async (tx) => {
          const stored = await insertApiKey(tx, organizationId, { id: newId(dependencies), digest, prefix, ...body });
          await insertOutbox(tx, {
            organizationId,
            type: 'api_key.created',
            subject: stored.id,
            data: present(stored),
          });
          return stored;
        });
        return { body: { ...present(created), key }, headers: { Location: `/v1/api-keys/${created.id}` } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/api-keys',
      scope: 'admin',
      summary: 'List API keys, revoked ones too',
      query: z.strictObject(pageQuery),
      response: pageSchema(keyAnswer),
      async handler({ organizationId, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, idSchema) ?? null;
        const rows = await inOrganization(pool, organizationId, (tx) =>
          listApiKeys(tx, organizationId, after, limit + 1),
        );
        return { body: pageOf(rows, limit, present, (row) => row.id) };
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
        await inOrganization(pool, organizationId, (tx) => revoke(tx, organizationId, id, new Date(now())));
        return {};
      },
    }),
  ];
}

async function revoke(tx: Transaction, organizationId: number, id: string, at: Date): Promise<void> {
  // One at a time, or two admin keys could revoke each other and leave nobody who can make another.
  await selectOrganization(tx, organizationId, true);
  const live = await selectLiveApiKeys(tx, organizationId);
  const isAdmin = (key: ApiKey) => key.scopes.includes('admin');
  const target = live.find((key) => key.id === id);
  if (!target) throw new ApiError('not_found', `There is no API key ${id}, or it was revoked before.`);
  if (isAdmin(target) && live.filter(isAdmin).length === 1) {
    throw new ApiError('last_admin_key', 'This is the last admin key of the organization: create another one first.');
  }
  await revokeApiKey(tx, organizationId, id, at);
  await insertOutbox(tx, {
    organizationId,
    type: 'api_key.revoked',
    subject: id,
    data: { id, name: target.name, revoked_at: at.toISOString() },
  });
}
